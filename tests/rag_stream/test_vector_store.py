"""The index as LangChain's vector store: of a folder of one's own."""

import asyncio
from pathlib import Path

from rag_stream.settings import Settings
from rag_stream.vector_store import open_vector_store
from tests.support.corpus import TASK, fill


async def test_it_searches_the_folders_own_server(settings: Settings, tmp_path: Path) -> None:
    settings = settings.model_copy(update={"chroma_url": None, "chroma_path": tmp_path / "chroma"})
    await fill(settings)
    with open_vector_store(settings) as store:
        found = await asyncio.to_thread(store.similarity_search, "What is task decomposition?", 1)
        assert [document.page_content for document in found] == [TASK]
        store.embeddings.client._client.close()  # type: ignore[union-attr]
