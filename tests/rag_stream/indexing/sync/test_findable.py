"""Every chunk of an index is found after an ingest, those of other sources too."""

from rag_stream.index.client import ChromaClient, Record
from rag_stream.indexing.findable import lost_of_all
from rag_stream.pipeline.runtime import Runtime
from tests.rag_stream.indexing.test_findable import with_lost_chunks
from tests.support.corpus import MEMORY, TEXTS, documents
from tests.support.synced_index import open_sync


async def index_with_lost_chunks(runtime: Runtime) -> tuple[ChromaClient, list[Record]]:
    """An index of nothing but `notes.md`, some chunks of which no search finds."""
    sync = await open_sync(runtime)
    await sync.put("first.md", documents("first.md", [MEMORY]))
    await sync.remove("first.md")
    client = await runtime.index.client()
    return client, await with_lost_chunks(client, (await runtime.index.snapshot()).collection)


async def test_chunks_that_another_change_cut_off_are_found_again(runtime: Runtime) -> None:
    client, here = await index_with_lost_chunks(runtime)
    sync = await open_sync(runtime)
    await sync.put("second.md", documents("second.md", TEXTS))
    await sync.finish()
    after = (await runtime.index.snapshot()).collection
    assert await lost_of_all(client, after) == []
    assert await client.count(after) == len(here) + len(TEXTS)


async def test_an_ingest_goes_on_in_the_graph_that_was_grown_anew(runtime: Runtime) -> None:
    client, _ = await index_with_lost_chunks(runtime)
    sync = await open_sync(runtime)
    await sync.put("second.md", documents("second.md", TEXTS))
    await sync.finish()
    await sync.remove("notes.md")
    assert (await sync.put("second.md", documents("second.md", [MEMORY]))).change == "changed"
    assert await sync.sources() == {"second.md"}
    assert await client.count((await runtime.index.snapshot()).collection) == 1
