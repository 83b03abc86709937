"""The vectors of the local embedding model, and those of odd texts."""

import asyncio
import runpy

import numpy as np
import pytest

from rag_stream.models.local.embeddings import MiniLMEmbeddings
from rag_stream.models.local.manifest import WEIGHTS_FILE
from rag_stream.models.local.weights import find_model
from tests.support.minilm import PACKAGE, REFERENCE, TEXTS


@pytest.mark.parametrize("row", REFERENCE, ids=lambda row: row["text"][:20])
def test_vectors_are_those_of_the_published_model(
    embeddings: MiniLMEmbeddings, row: dict[str, object]
) -> None:
    vector = np.array(embeddings.embed_query(str(row["text"])))
    reference = np.array(row["vector"])
    assert vector @ reference >= 0.9999
    assert np.abs(vector - reference).max() < 1e-4
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_a_batch_gives_each_text_its_own_vector_in_order(embeddings: MiniLMEmbeddings) -> None:
    texts = TEXTS * 2 + [TEXTS[0]]
    together = embeddings.encode(texts)
    assert together.shape == (len(texts), embeddings.dimension)
    assert together.dtype == np.float32
    alone = np.concatenate([embeddings.encode([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)


async def test_all_ways_to_ask_agree(embeddings: MiniLMEmbeddings) -> None:
    vectors = embeddings.encode(TEXTS)
    np.testing.assert_allclose(await embeddings.aencode(TEXTS), vectors, atol=1e-5)
    np.testing.assert_allclose(embeddings.embed_documents(TEXTS), vectors, atol=1e-5)
    np.testing.assert_allclose(await embeddings.aembed_documents(TEXTS), vectors, atol=1e-5)
    asked = await asyncio.gather(*(embeddings.aembed_query(text) for text in TEXTS))
    np.testing.assert_allclose(asked, vectors, atol=1e-5)
    assert type(asked[0][0]) is float


async def test_no_texts_give_no_vectors(embeddings: MiniLMEmbeddings) -> None:
    assert embeddings.encode([]).shape == (0, 384)
    assert (await embeddings.aencode([])).shape == (0, 384)
    assert embeddings.embed_documents([]) == []


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        ("lone \ud83d surrogate", "lone  surrogate"),
        ("two \ud83d\ude80 halves", "two \U0001f680 halves"),
        ("nul \x00byte", "nul byte"),
        ("Word " * 2000, "word " * 254),
        ("\U0001f680" * 10_000, "\U0001f680" * 9_000),
    ],
)
def test_odd_texts_are_embedded_as_what_they_say(
    embeddings: MiniLMEmbeddings, odd: str, plain: str
) -> None:
    np.testing.assert_allclose(
        embeddings.embed_query(odd), embeddings.embed_query(plain), atol=1e-5
    )


async def test_what_is_not_text_is_refused_and_harms_nobody_else(
    embeddings: MiniLMEmbeddings,
) -> None:
    good, bad = await asyncio.gather(
        embeddings.aembed_query("a question"),
        embeddings.aembed_query(None),  # type: ignore[arg-type]
        return_exceptions=True,
    )
    assert isinstance(good, list)
    assert isinstance(bad, TypeError)
    assert str(bad) == "text: expected str, got NoneType"
    with pytest.raises(TypeError, match="expected a sequence of str"):
        embeddings.encode("one text")
    with pytest.raises(TypeError, match="expected str, got bytes"):
        await embeddings.aembed_documents([b"bytes"])  # type: ignore[list-item]


def test_the_fingerprint_names_the_weights(embeddings: MiniLMEmbeddings) -> None:
    assert embeddings.name == "local:all-MiniLM-L6-v2"
    assert embeddings.fingerprint == "local:all-MiniLM-L6-v2@53aa5117"


def test_the_shipped_graph_is_what_the_script_builds() -> None:
    folder = find_model(None)
    assert folder is not None
    script = runpy.run_path(str(PACKAGE / "scripts" / "build_minilm_graph.py"))
    shipped = (PACKAGE / "rag_stream" / "models" / "local" / "minilm.onnx").read_bytes()
    assert script["build"](folder / WEIGHTS_FILE) == shipped
