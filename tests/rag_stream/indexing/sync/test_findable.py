"""Every chunk of an index is found after an ingest, those of other sources too."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from rag_stream.index.client import ChromaClient, Collection, Record
from rag_stream.indexing.findable import lost_of_all
from rag_stream.pipeline.runtime import Runtime
from tests.rag_stream.indexing.test_findable import with_lost_chunks
from tests.support.corpus import MEMORY, TASK, TEXTS, TOOLS, TREE, documents
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


async def test_what_was_found_since_the_last_change_is_not_looked_for_again(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = await open_sync(runtime)
    await sync.put("first.md", documents("first.md", [TASK, TREE]))
    await sync.put("third.md", documents("third.md", [TOOLS]))
    await sync.finish()
    asked: list[int] = []
    nearest = ChromaClient.nearest

    async def noted(self: ChromaClient, collection: Collection, vectors: Sequence[Any]) -> Any:
        asked.append(len(vectors))
        return await nearest(self, collection, vectors)

    monkeypatch.setattr(ChromaClient, "nearest", noted)
    sync = await open_sync(runtime)
    await sync.put("second.md", documents("second.md", TEXTS))
    assert asked == [len(TEXTS)]  # at once, for those who ask meanwhile
    await sync.finish()
    assert Counter(asked) == Counter([len(TEXTS), 3])
    asked.clear()
    sync = await open_sync(runtime)
    await sync.put("second.md", documents("second.md", [*TEXTS, MEMORY]))
    await sync.remove("third.md")
    await sync.finish()
    assert sum(asked) == len(TEXTS) + 1 + len(TEXTS) + 1 + 2  # after the last change all of them
