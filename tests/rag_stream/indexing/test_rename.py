"""Sources under other names: old or new at every moment, nothing embedded."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from rag_stream.errors import IndexUnavailableError
from rag_stream.index.client import ChromaClient
from rag_stream.index.generation import ROOT, describe
from rag_stream.indexing.rename import Move, rename
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import MEMORY, STREAM, TASK, TEXTS, TOOLS, TREE, documents
from tests.support.openai_server import OpenAIServer
from tests.support.synced_index import embedded, open_sync, seen, stored, vectors

MOVES = {"a": Move("new/a", "#1"), "b": Move("new/b", "#1")}


async def rows(runtime: Runtime) -> dict[str, list[str]]:
    """The texts of each source that readers see."""
    snapshot = await runtime.index.snapshot()
    found: dict[str, list[str]] = {}
    for record in await stored(runtime):
        if snapshot.holds(record):
            found.setdefault(str(record.metadata["source"]), []).append(record.text)
    return {source: sorted(texts) for source, texts in found.items()}


async def test_texts_and_vectors_stay_and_nothing_is_embedded(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime)
    await sync.put("a", documents("a", TEXTS))
    await sync.put("other", documents("other", [TASK + " Also."]))
    before, asked = await vectors(runtime), embedded(openai_server)
    done = await rename(await runtime.index.client(), sync.commits, {**MOVES, "none": Move("x")})
    assert done == ["a"]
    assert await rows(runtime) == {"new/a": sorted(TEXTS), "other": [TASK + " Also."]}
    assert (await vectors(runtime), embedded(openai_server)) == (before, asked)
    assert len(await seen(runtime)) == 6
    # What is put under the new name is the same source.
    outcome = await sync.put("new/a", documents("new/a", TEXTS))
    assert outcome.change == "unchanged"
    for record in await stored(runtime):
        assert ROOT not in describe(record)
        assert record.metadata.get(ROOT) == (None if record.metadata["source"] == "other" else "#1")


async def test_words_are_found_under_the_new_name(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    await sync.put("a", documents("a", TEXTS))
    await runtime.catch_up()
    await rename(await runtime.index.client(), sync.commits, MOVES)
    await runtime.catch_up()
    snapshot = await runtime.index.snapshot()
    for name, count in (("a", 0), ("new/a", len(TEXTS))):
        found = await runtime.lexical.search(snapshot, "calculator", 9, {"source": [name]})
        assert len(list(found)) == count


async def test_one_that_keeps_its_name_is_told_its_root(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    await sync.put("a", documents("a", [TASK]))
    generation = sync.commits.state.generation
    assert await rename(await runtime.index.client(), sync.commits, {"a": Move("a", "#1")}) == ["a"]
    (record,) = await stored(runtime)
    assert (record.metadata["source"], record.metadata[ROOT]) == ("a", "#1")
    assert sync.commits.state.generation == generation


async def test_of_several_that_become_one_only_one_is_left(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    for name, text in (("a", TASK), ("b", TASK), ("c", TOOLS), ("new", MEMORY), ("d", STREAM)):
        await sync.put(name, documents(name, [text]))
    moves = {"a": Move("one"), "b": Move("one"), "c": Move("one"), "d": Move("new")}
    assert await rename(await runtime.index.client(), sync.commits, moves) == ["a", "b", "c", "d"]
    assert await rows(runtime) == {"one": [TASK], "new": [MEMORY]}


async def test_many_small_sources_are_renamed_in_one_change(runtime: Runtime) -> None:
    sync = await open_sync(runtime, weights=())
    for number in range(45):
        await sync.put(f"{number}", documents(f"{number}", [f"Text number {number}."]))
    moves = {f"{number}": Move(f"new/{number}") for number in range(45)}
    generation = sync.commits.state.generation
    await rename(await runtime.index.client(), sync.commits, moves)
    assert set(await rows(runtime)) == {f"new/{number}" for number in range(45)}
    assert sync.commits.state.generation == generation + 1


class Dying:
    """A client of a process that is killed: before its n-th write, or when that is done."""

    def __init__(self, client: ChromaClient, n: int, *, done: bool) -> None:
        self._client = client
        self._left = n
        self._done = done

    def __getattr__(self, name: str) -> Any:
        call: Callable[..., Awaitable[Any]] = getattr(self._client, name)
        if name not in ("upsert", "update_metadata", "set_metadata", "delete"):
            return call

        async def write(*arguments: Any, **more: Any) -> Any:
            self._left -= 1
            if self._left > 0:
                return await call(*arguments, **more)
            if self._left == 0 and self._done:
                await call(*arguments, **more)
            raise IndexUnavailableError("killed")

        return write


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("n", range(1, 6))
async def test_who_is_killed_leaves_the_old_names_or_the_new(
    settings: Settings, runtime: Runtime, n: int, *, done: bool
) -> None:
    sync = await open_sync(runtime)
    await sync.put("a", documents("a", [TASK, TREE]))
    await sync.put("b", documents("b", [TOOLS]))
    old = {"a": sorted([TASK, TREE]), "b": [TOOLS]}
    new = {"new/a": old["a"], "new/b": old["b"]}
    dying = cast(ChromaClient, Dying(await runtime.index.client(), n, done=done))
    sync.commits._client = dying
    try:
        await rename(dying, sync.commits, MOVES)
        was_killed = False
    except IndexUnavailableError:
        was_killed = True
    assert was_killed == (n <= 4)  # laid down, marked, committed, deleted

    reader = Runtime(settings)
    try:
        left = await rows(reader)
        assert left == (new if (n, done) >= (3, True) else old)
        again = await open_sync(reader)
        assert await rows(reader) == left
        assert len(await stored(reader)) == 3
        await rename(await reader.index.client(), again.commits, MOVES)
        assert await rows(reader) == new
    finally:
        await reader.aclose()


async def test_readers_see_each_source_once_while_it_is_renamed(
    settings: Settings, runtime: Runtime
) -> None:
    sync = await open_sync(runtime, weights=())
    texts = [f"Sentence {number} about agents." for number in range(30)]
    await sync.put("a0", documents("a0", texts))
    finished = asyncio.Event()

    async def write() -> None:
        client = await runtime.index.client()
        for number in range(8):
            await rename(client, sync.commits, {f"a{number}": Move(f"a{number + 1}")})
        finished.set()

    async def read() -> None:
        reader = Runtime(settings)
        try:
            while not finished.is_set():
                assert await seen(reader) == sorted(texts)
        finally:
            await reader.aclose()

    await asyncio.gather(write(), read(), read())


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
    await rename(cast(ChromaClient, watched), sync.commits, MOVES, page=4)
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
    done = await rename(client, sync.commits, moves, page=4)
    assert done == list(moves)
    assert set(await rows(runtime)) == {f"new/{number}" for number in range(5)}
    assert sync.commits.state.generation == generation + 3
