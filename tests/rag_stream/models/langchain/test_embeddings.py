"""Embedding models of other providers: their real packages against stand-ins of their servers."""

from typing import Any

import pytest

from rag_stream.errors import EmbeddingBusyError, EmbeddingFailedError, RagError
from rag_stream.models.factory import build_embedder
from rag_stream.models.providers import Providers
from rag_stream.settings import Settings, load_settings
from tests.support.ollama_server import OllamaServer


def embedding_settings(server: OllamaServer, **changes: Any) -> Settings:
    return load_settings(
        embeddings="ollama:nomic-embed-text",
        embeddings_kwargs={"base_url": server.origin},
        **changes,
    )


async def test_embeddings_of_another_provider(ollama: OllamaServer) -> None:
    settings = embedding_settings(ollama)
    providers = Providers(settings)
    try:
        embedder = build_embedder(settings, providers)
        await embedder.check()
        assert embedder.fingerprint == "ollama:nomic-embed-text"
        question = await embedder.embed_question("Why?")
        (chunk,) = await embedder.embed_chunks(["Why?"])
        assert list(question) == pytest.approx(chunk)
        assert [call.path for call in ollama.calls] == ["/api/embed", "/api/embed"]
    finally:
        await providers.aclose()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 429, "retry_after": "9"}, EmbeddingBusyError),
        ({"status": 500}, EmbeddingFailedError),
    ],
)
async def test_embeddings_that_fail(
    ollama: OllamaServer, fault: dict[str, Any], kind: type[RagError]
) -> None:
    ollama.script(**fault)
    settings = embedding_settings(ollama, retries=0)
    providers = Providers(settings)
    try:
        with pytest.raises(RagError) as caught:
            await build_embedder(settings, providers).embed_question("Why?")
    finally:
        await providers.aclose()
    assert type(caught.value) is kind
    assert caught.value.retry_after == fault.get("retry_after")


async def test_azures_questions_are_not_asked_again_by_its_client() -> None:
    """Texts are: an ingest has the time."""
    kwargs = {"api_key": "k", "azure_endpoint": "http://127.0.0.1:1", "api_version": "2024-10-21"}
    settings = load_settings(embeddings="azure_openai:small", embeddings_kwargs=kwargs)
    providers = Providers(settings)
    try:
        embedder = build_embedder(settings, providers)
        await embedder.check()
        split: Any = embedder.embeddings
        assert split._questions.max_retries == 0
        assert split._texts.max_retries > 0
    finally:
        await providers.aclose()
