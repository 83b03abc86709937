"""The index as LangChain's vector store: of a folder of one's own."""

import asyncio
from pathlib import Path

import pytest

from rag_stream.errors import EmbeddingMismatchError
from rag_stream.models.local.embeddings import LocalEmbeddings
from rag_stream.settings import LOCAL_EMBEDDINGS, Settings
from rag_stream.vector_store import open_vector_store
from tests.support.another_model import LOCAL
from tests.support.corpus import TASK, fill
from tests.support.openai_server import OpenAIServer


async def test_it_searches_the_folders_own_server(settings: Settings, tmp_path: Path) -> None:
    settings = settings.model_copy(update={"chroma_url": None, "chroma_path": tmp_path / "chroma"})
    await fill(settings)
    with open_vector_store(settings) as store:
        found = await asyncio.to_thread(store.similarity_search, "What is task decomposition?", 1)
        assert [document.page_content for document in found] == [TASK]
        store.embeddings.client._client.close()  # type: ignore[union-attr]


async def test_it_embeds_with_the_model_of_the_index(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings.model_copy(update=LOCAL))
    with open_vector_store(settings) as store:
        assert isinstance(store.embeddings, LocalEmbeddings)
        assert store.embeddings.name == LOCAL_EMBEDDINGS
        found = await asyncio.to_thread(store.similarity_search, "What is task decomposition?", 1)
        assert [document.page_content for document in found] == [TASK]
    assert openai_server.embeddings == []
    strict = settings.model_copy(update={"embeddings": "openai:text-embedding-3-small"})
    with pytest.raises(EmbeddingMismatchError), open_vector_store(strict):
        pass
