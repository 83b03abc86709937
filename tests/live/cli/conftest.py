"""What the commands run before: a stand-in for the models and a filled index."""

import asyncio
from collections.abc import Iterator

import pytest

from rag_stream.index.server import acquire_server
from rag_stream.settings import load_settings
from tests.support.commands import TOKENS
from tests.support.corpus import fill
from tests.support.openai_server import OpenAIServer

MODELS = {
    "RAG_CHAT_MODEL": "openai:gpt-4o-mini",
    "RAG_EMBEDDINGS": "openai:text-embedding-3-small",
}


@pytest.fixture(scope="package")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer(answer=TOKENS) as server:
        yield server


@pytest.fixture(scope="package")
def environment(
    model: OpenAIServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The stand-in for both models and a filled index, whose server stays for the package."""
    folder = tmp_path_factory.mktemp("index") / "chroma"
    lease = acquire_server(folder)
    settings = load_settings(
        chroma_path=folder,
        chat_model=MODELS["RAG_CHAT_MODEL"],
        embeddings=MODELS["RAG_EMBEDDINGS"],
        openai_api_key="sk-stand-in",
        openai_base_url=model.url,
    )
    asyncio.run(fill(settings))
    yield {**model.environment, **MODELS, "RAG_CHROMA_PATH": str(folder)}
    lease.close()
