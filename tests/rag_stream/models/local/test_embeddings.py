"""The local embedding model, as it is: real weights, real tokenizer, real onnxruntime."""

import asyncio
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rag_stream.errors import WeightsError
from rag_stream.models.local.embeddings import MAX_BATCH, MiniLMEmbeddings
from rag_stream.models.local.manifest import MINILM, WEIGHTS_FILE
from rag_stream.models.local.weights import find_model
from tests.support.paths import DATA, ROOT

PACKAGE = ROOT / "packages" / "rag_stream"
REFERENCE = json.loads((DATA / "minilm_reference.json").read_bytes())
TEXTS = [row["text"] for row in REFERENCE]
CHUNKS = [
    f"Chapter {number}. " + "The harbour kept its records in a long row of heavy books. " * 8
    for number in range(60)
]


@pytest.fixture(scope="module")
def embeddings() -> MiniLMEmbeddings:
    return MiniLMEmbeddings()


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


async def test_the_event_loop_goes_on_while_texts_are_embedded(
    embeddings: MiniLMEmbeddings,
) -> None:
    texts = [f"Sentence {number} of two hundred." for number in range(200)]
    embedding = asyncio.create_task(embeddings.aencode(texts))
    turns = 0
    while not embedding.done():
        turns += 1
        await asyncio.sleep(0)
    # Work on the loop would give it one turn a batch.
    assert turns > 10 * len(texts) / MAX_BATCH


async def test_questions_are_answered_while_an_ingest_runs(embeddings: MiniLMEmbeddings) -> None:
    ingest = asyncio.create_task(embeddings.aembed_documents(CHUNKS))
    await asyncio.sleep(0)
    answers = await asyncio.gather(*(embeddings.aembed_query(f"Why {n}?") for n in range(20)))
    assert len(answers) == 20
    assert not ingest.done()
    assert len(await ingest) == len(CHUNKS)


async def test_callers_take_turns(embeddings: MiniLMEmbeddings) -> None:
    long = asyncio.create_task(embeddings.aencode(CHUNKS))
    await asyncio.sleep(0)
    await embeddings.aencode(["short", "and late"])
    assert not long.done()
    long.cancel()
    with pytest.raises(asyncio.CancelledError):
        await long


async def test_a_question_nobody_awaits_any_more_is_dropped(embeddings: MiniLMEmbeddings) -> None:
    tasks = [asyncio.create_task(embeddings.aembed_query(f"Who {n}?")) for n in range(30)]
    await asyncio.sleep(0)
    for task in tasks[1::2]:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(vector, list) for vector in ended[::2])
    assert len(await embeddings.aembed_query("And then?")) == 384


def test_it_serves_one_event_loop_after_another(embeddings: MiniLMEmbeddings) -> None:
    first, second = (asyncio.run(embeddings.aembed_query("the same")) for _ in range(2))
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_threads_that_come_first_together_share_one_model() -> None:
    fresh = MiniLMEmbeddings(threads=1)
    with ThreadPoolExecutor(4) as threads:
        vectors = list(threads.map(fresh.embed_query, ["same text"] * 8))
    assert all(vector == vectors[0] for vector in vectors)


def test_the_fingerprint_names_the_weights(embeddings: MiniLMEmbeddings) -> None:
    assert embeddings.name == "local:all-MiniLM-L6-v2"
    assert embeddings.fingerprint == "local:all-MiniLM-L6-v2@53aa5117"


@pytest.fixture
def without_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without the files and without a registry; returns the cache to use."""
    # A module of that name first on the path hides the installed package.
    (tmp_path / "hide").mkdir()
    (tmp_path / "hide" / f"{MINILM.package}.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "hide")
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("PIP_NO_INDEX", "UV_NO_INDEX", "UV_NO_CONFIG"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS"):
        monkeypatch.setenv(name, str(tmp_path / "hide"))
    return tmp_path / "cache"


async def test_missing_files_fail_every_question_until_they_are_there(
    request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
) -> None:
    installed = find_model(None)
    assert installed is not None
    cache: Path = request.getfixturevalue("without_model")
    fresh = MiniLMEmbeddings(cache=cache)
    ended = await asyncio.gather(
        *(fresh.aembed_query(text) for text in TEXTS), return_exceptions=True
    )
    assert {type(error) for error in ended} == {WeightsError}
    assert "`python -m rag_stream.weights`" in str(ended[0])
    # One failed fetch stands for the rest.
    with pytest.raises(WeightsError, match=r"python -m rag_stream\.weights"):
        await fresh.aembed_documents(["a text"])
    assert capfd.readouterr().err.count("fetching it once") == 1

    for name in MINILM.files:
        (cache / MINILM.model / name).symlink_to(installed / name)
    assert len(await fresh.aembed_query("And now?")) == 384


def test_files_of_another_model_are_a_clear_error(without_model: Path) -> None:
    folder = without_model / MINILM.model
    folder.mkdir(parents=True)
    (folder / WEIGHTS_FILE).write_bytes(b"something else")
    (folder / "tokenizer.json").write_bytes(b"{}")
    with pytest.raises(WeightsError, match="could not be fetched"):
        MiniLMEmbeddings(cache=without_model).load()


@pytest.fixture
def python(tmp_path: Path) -> Callable[[str], list[str]]:
    """Run a program in a new process with an empty home; returns the words it printed."""

    def run(program: str) -> list[str]:
        # Without what would mark the process as a test run to onnxruntime's telemetry.
        environment = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**environment, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""
        return done.stdout.split()

    return run


def test_building_it_loads_nothing(python: Callable[[str], list[str]]) -> None:
    modules = python(
        "import sys; from rag_stream.models.local.embeddings import MiniLMEmbeddings;"
        "MiniLMEmbeddings();print(*sys.modules)"
    )
    assert not {"onnxruntime", "tokenizers"} & set(modules)


def test_using_it_is_silent_leaves_no_trace_and_needs_no_torch(
    python: Callable[[str], list[str]], tmp_path: Path
) -> None:
    modules = python(
        "import sys; from rag_stream.models.local.embeddings import MiniLMEmbeddings;"
        "MiniLMEmbeddings().embed_query('hello');"
        "print(*sys.modules)"
    )
    assert "onnxruntime" in modules
    assert not {"torch", "transformers", "sentence_transformers", MINILM.package} & set(modules)
    # onnxruntime's telemetry would have written a device id and a queue of events here.
    assert list(tmp_path.rglob("*")) == []


def test_the_shipped_graph_is_what_the_script_builds() -> None:
    folder = find_model(None)
    assert folder is not None
    script = runpy.run_path(str(PACKAGE / "scripts" / "build_minilm_graph.py"))
    shipped = (PACKAGE / "rag_stream" / "models" / "local" / "minilm.onnx").read_bytes()
    assert script["build"](folder / WEIGHTS_FILE) == shipped
