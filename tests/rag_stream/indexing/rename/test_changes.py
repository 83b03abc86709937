"""Many small sources in one change of the index, a large one page by page."""

from typing import Any, cast

from rag_stream.index.client import ChromaClient
from rag_stream.indexing.rename import Move, rename
from rag_stream.pipeline.runtime import Runtime
from tests.support.corpus import TEXTS, documents
from tests.support.renamed import MOVES, rows
from tests.support.synced_index import open_sync


async def test_many_small_sources_are_renamed_in_one_change(runtime: Runtime) -> None:
    sync = await open_sync(runtime, weights=())
    for number in range(45):
        await sync.put(f"{number}", documents(f"{number}", [f"Text number {number}."]))
    moves = {f"{number}": Move(f"new/{number}") for number in range(45)}
    generation = sync.commits.state.generation
    await rename(await runtime.index.client(), sync.commits, moves, runtime.embedder)
    assert set(await rows(runtime)) == {f"new/{number}" for number in range(45)}
    assert sync.commits.state.generation == generation + 1


class Watched:
    """A client that counts the records it is answered with, apart where vectors come along."""

    def __init__(self, client: ChromaClient) -> None:
        self._client = client
        self.counts: dict[bool, list[int]] = {False: [], True: []}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def get(self, *arguments: Any, vectors: bool = False, **more: Any) -> Any:
        found = await self._client.get(*arguments, vectors=vectors, **more)
        self.counts[vectors].append(len(found))
        return found


async def test_a_large_source_is_read_page_by_page_and_counts_at_once(runtime: Runtime) -> None:
    texts = [f"Sentence {number} about agents." for number in range(25)]
    sync = await open_sync(runtime, weights=())
    await sync.put("a", documents("a", texts))
    await sync.put("b", documents("b", TEXTS))
    generation = sync.commits.state.generation
    watched = Watched(await runtime.index.client())
    await rename(cast(ChromaClient, watched), sync.commits, MOVES, runtime.embedder, page=4)
    assert await rows(runtime) == {"new/a": sorted(texts), "new/b": sorted(TEXTS)}
    assert sync.commits.state.generation == generation + 2
    assert watched.counts[False] == [4] * 7 + [2]
    # In between what was laid down is looked for, by as many as `findable.py` takes.
    assert watched.counts[True] == [*[4] * 6, 1, 25, 4, 1, 5]


async def test_small_sources_share_a_change_until_it_is_large_enough(runtime: Runtime) -> None:
    sync = await open_sync(runtime, weights=())
    for number in range(5):
        texts = [f"Text {number}.", f"Another {number}."]
        await sync.put(f"{number}", documents(f"{number}", texts))
    moves = {f"{number}": Move(f"new/{number}") for number in range(5)}
    generation = sync.commits.state.generation
    client = await runtime.index.client()
    done = await rename(client, sync.commits, moves, runtime.embedder, page=4)
    assert done == list(moves)
    assert set(await rows(runtime)) == {f"new/{number}" for number in range(5)}
    assert sync.commits.state.generation == generation + 3
