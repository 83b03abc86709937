"""The embedding model that belongs to an index."""

from typing import Any

import pytest

from rag_stream.errors import EmbeddingMismatchError, SettingsError
from rag_stream.index.client import Collection
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.models.embedders import Embedders
from rag_stream.models.factory import Embedder
from rag_stream.models.lazy import Lazy
from rag_stream.models.local.embeddings import LocalEmbeddings, MiniLMEmbeddings
from rag_stream.models.local.local_models import MINILM_MODEL
from rag_stream.models.providers import Providers
from rag_stream.settings import LOCAL_EMBEDDINGS, NEW_INDEX_EMBEDDINGS, load_settings

MINILM = MINILM_MODEL.fingerprint
SMALL = "openai:text-embedding-3-small"
REBUILD = f"`RAG_EMBEDDINGS={NEW_INDEX_EMBEDDINGS} python -m ingest --rebuild`"


def index_of(model: str, generation: int = 1) -> IndexSnapshot:
    """An index that records this model."""
    metadata = {"embedding_model": model, "generation": generation}
    return IndexSnapshot.of(Collection("id", "notes", metadata))


def embedders(**changes: Any) -> Embedders:
    settings = load_settings(**changes)
    return Embedders(settings, Providers(settings, has_pools=False))


@pytest.mark.parametrize("key", [None, "sk-x"])
def test_an_index_keeps_its_local_model_with_a_key_and_without(key: str | None) -> None:
    followed = embedders(openai_api_key=key)
    embedder = followed.of(index_of(MINILM))
    assert embedder.fingerprint == MINILM
    assert isinstance(embedder.embeddings, LocalEmbeddings)
    assert embedder.embeddings.name == LOCAL_EMBEDDINGS
    assert embedder.local is embedder.embeddings
    assert followed.of(index_of(MINILM, generation=7)) is embedder  # made once


def test_indexes_of_several_models_have_each_its_own() -> None:
    followed = embedders(openai_api_key="sk-x")
    for model in (SMALL, "openai:text-embedding-3-large", MINILM, "openai:org/m@2:8b"):
        assert followed.of(index_of(model)).fingerprint == model


def test_a_server_of_ones_own_needs_no_key() -> None:
    followed = embedders(openai_base_url="http://127.0.0.1:1/v1")
    assert followed.of(index_of("openai:bge-m3")).fingerprint == "openai:bge-m3"


def told(followed: Embedders, model: str) -> str:
    with pytest.raises(EmbeddingMismatchError) as caught:
        followed.of(index_of(model))
    return str(caught.value)


def test_without_a_key_the_variable_and_the_command_are_named() -> None:
    assert told(embedders(), SMALL) == (
        f"OPENAI_API_KEY: expected a key, because the index 'notes' was built with the embedding "
        f"model {SMALL!r}, got none (a server that needs no key is named by OPENAI_BASE_URL); or "
        f"embed everything anew with {REBUILD}"
    )


def test_what_another_provider_lacks_is_named() -> None:
    package = told(embedders(), "bedrock:titan")
    assert package.startswith("the index 'notes' was built with the embedding model 'bedrock:titan")
    assert "pip install 'rag-stream[bedrock]'" in package
    key = told(embedders(), "google_genai:embedding-001")
    assert "the index 'notes' was built with" in key
    assert key.endswith(f"; or embed everything anew with {REBUILD}")


@pytest.mark.parametrize(
    "model", ["local:other-model@01234567", "stand-in:narrow", "anthropic:m", "openai:"]
)
def test_a_model_that_nobody_knows_is_named_with_the_command(model: str) -> None:
    message = told(embedders(openai_api_key="sk-x"), model)
    assert f"{model.partition('@')[0]!r}, which is not known here" in message
    assert "RAG_EMBEDDINGS=openai:text-embedding-3-small python -m ingest --rebuild" in message


def test_a_collection_that_no_ingest_made_is_named_as_such() -> None:
    message = told(embedders(), "")
    assert message.startswith("the index 'notes' does not say which embedding model it was built")
    assert "RAG_COLLECTION" in message
    assert message.endswith(REBUILD)


def test_another_version_of_the_same_weights_is_another_model() -> None:
    followed, old = embedders(), index_of(f"{LOCAL_EMBEDDINGS}@01234567")
    message = told(followed, old.embedding_model)
    assert f"{old.embedding_model!r}, but here it is {MINILM!r}" in message
    assert message.endswith("anew with `python -m ingest --rebuild`")
    assert followed.again(old).fingerprint == MINILM  # what that command takes


def test_what_is_set_is_used_and_no_other() -> None:
    strict = embedders(embeddings=LOCAL_EMBEDDINGS, openai_api_key="sk-x")
    assert strict.of(index_of(MINILM)).fingerprint == MINILM
    with pytest.raises(EmbeddingMismatchError) as caught:
        strict.of(index_of(SMALL))
    assert str(caught.value) == (
        f"the index 'notes' was built with the embedding model {SMALL!r}, but {MINILM!r} is "
        "configured: set RAG_EMBEDDINGS back, or embed everything anew with "
        "`python -m ingest --rebuild`"
    )
    assert strict.again(index_of(SMALL)).fingerprint == MINILM
    assert strict.new("openai:other").fingerprint == MINILM
    assert not strict.follows


def test_what_is_set_and_cannot_be_had_is_told_at_once() -> None:
    with pytest.raises(SettingsError, match=r"^OPENAI_API_KEY: .*or RAG_EMBEDDINGS names"):
        embedders(embeddings=SMALL)


def test_a_new_index_gets_what_is_chosen() -> None:
    assert embedders().new().fingerprint.partition("@")[0] == NEW_INDEX_EMBEDDINGS
    assert embedders(openai_api_key="sk-x").new().fingerprint == SMALL
    assert embedders(openai_api_key="sk-x").new(LOCAL_EMBEDDINGS).fingerprint == MINILM
    assert embedders().follows


def test_what_an_index_is_likely_to_have_is_what_it_had() -> None:
    followed = embedders()
    assert followed.likely(None) is None
    assert followed.likely(index_of(MINILM, generation=0)) is None  # it may be begun otherwise
    assert followed.likely(index_of(SMALL)) is None  # by now it may be one that can be had
    assert followed.likely(index_of(MINILM)) is followed.of(index_of(MINILM))
    strict = embedders(embeddings=LOCAL_EMBEDDINGS)
    assert strict.likely(None) is strict.likely(index_of(SMALL)) is strict.new()


def test_a_model_that_is_given_is_taken_for_what_is_set() -> None:
    given, strict = Embedder("stand-in:m", Lazy(MiniLMEmbeddings)), embedders()
    strict.use(given)
    assert strict.of(index_of("stand-in:m")) is given
    with pytest.raises(EmbeddingMismatchError):
        strict.of(index_of(MINILM))
