"""Every chunk of an index is found after an ingest, those of other sources too."""

from rag_stream.indexing.findable import lost_of_all
from rag_stream.pipeline.runtime import Runtime
from tests.rag_stream.indexing.test_findable import with_lost_chunks
from tests.support.corpus import MEMORY, TEXTS, documents
from tests.support.synced_index import open_sync


async def test_chunks_that_another_change_cut_off_are_found_again(runtime: Runtime) -> None:
    await (await open_sync(runtime)).put("first.md", documents("first.md", [MEMORY]))
    client = await runtime.index.client()
    here = await with_lost_chunks(client, (await runtime.index.snapshot()).collection)
    sync = await open_sync(runtime)
    await sync.put("second.md", documents("second.md", TEXTS))
    await sync.finish()
    after = (await runtime.index.snapshot()).collection
    assert await lost_of_all(client, after) == []
    assert await client.count(after) == 1 + len(here) + len(TEXTS)


async def test_an_ingest_goes_on_in_the_graph_that_was_grown_anew(runtime: Runtime) -> None:
    await (await open_sync(runtime)).put("first.md", documents("first.md", [MEMORY]))
    client = await runtime.index.client()
    await with_lost_chunks(client, (await runtime.index.snapshot()).collection)
    sync = await open_sync(runtime)
    await sync.put("second.md", documents("second.md", TEXTS))
    await sync.finish()
    await sync.remove("notes.md")
    assert (await sync.put("first.md", documents("first.md", TEXTS))).change == "changed"
    assert await sync.sources() == {"first.md", "second.md"}
    stored = await client.get((await runtime.index.snapshot()).collection)
    assert len(stored) == 2 * len(TEXTS)
