"""Ways to put texts into a test's index without the command line."""

from collections.abc import Sequence

from langchain_core.documents import Document

from ingest.recipe import configured
from rag_stream.indexing.lease import lease
from rag_stream.indexing.outcome import Outcome
from rag_stream.indexing.sync import Sync
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings

TASK = "Task decomposition means breaking a big task into smaller steps that can be done in turn."
TREE = "Tree of thoughts explores several reasoning steps and keeps the promising ones."
MEMORY = "Long-term memory of an agent lives in an external vector store with fast retrieval."
TOOLS = "Tool use lets a model call a calculator or a search engine when it needs one."
STREAM = "Streaming sends each token of an answer to the reader as soon as it exists."
TEXTS = (TASK, TREE, MEMORY, TOOLS, STREAM)


def documents(source: str, texts: Sequence[str], *, title: str = "Notes") -> list[Document]:
    """Chunks of one source, one text after the other."""
    chunks, start = [], 0
    for text in texts:
        metadata = {"source": source, "title": title, "start_index": start}
        chunks.append(Document(text, metadata=metadata))
        start += len(text) + 1
    return chunks


async def fill(
    settings: Settings,
    texts: Sequence[str] = TEXTS,
    *,
    source: str = "notes.md",
    title: str = "Notes",
) -> Outcome:
    """Make `source` hold exactly these texts, through the real write path."""
    runtime = Runtime(settings)
    try:
        async with lease(await runtime.index.client(), settings.collection):
            recipe = configured(settings, runtime.embedder.fingerprint)
            sync = await Sync.open(runtime.index, settings.collection, runtime.embedder, recipe)
            return await sync.put(source, documents(source, texts, title=title))
    finally:
        await runtime.aclose()
