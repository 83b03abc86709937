"""Sources under other names: old or new at every moment, embedded only what names stand for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from langchain_core.documents import Document

from rag_stream.errors import EmbeddingFailedError, IndexUnavailableError
from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.generation import ROOT, describe
from rag_stream.indexing.recipe import Headings
from rag_stream.indexing.rename import Move, rename
from rag_stream.indexing.smoothing import HEADINGS
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
    done = await rename(
        await runtime.index.client(), sync.commits, {**MOVES, "none": Move("x")}, runtime.embedder
    )
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
    await rename(await runtime.index.client(), sync.commits, MOVES, runtime.embedder)
    await runtime.catch_up()
    snapshot = await runtime.index.snapshot()
    for name, count in (("a", 0), ("new/a", len(TEXTS))):
        found = await runtime.lexical.search(snapshot, "calculator", 9, {"source": [name]})
        assert len(list(found)) == count


async def test_one_that_keeps_its_name_is_told_its_root(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    await sync.put("a", documents("a", [TASK]))
    generation = sync.commits.state.generation
    assert await rename(
        await runtime.index.client(), sync.commits, {"a": Move("a", "#1")}, runtime.embedder
    ) == ["a"]
    (record,) = await stored(runtime)
    assert (record.metadata["source"], record.metadata[ROOT]) == ("a", "#1")
    assert sync.commits.state.generation == generation


async def test_of_several_that_become_one_only_one_is_left(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    for name, text in (("a", TASK), ("b", TASK), ("c", TOOLS), ("new", MEMORY), ("d", STREAM)):
        await sync.put(name, documents(name, [text]))
    moves = {"a": Move("one"), "b": Move("one"), "c": Move("one"), "d": Move("new")}
    assert await rename(await runtime.index.client(), sync.commits, moves, runtime.embedder) == [
        "a",
        "b",
        "c",
        "d",
    ]
    assert await rows(runtime) == {"one": [TASK], "new": [MEMORY]}


async def test_many_small_sources_are_renamed_in_one_change(runtime: Runtime) -> None:
    sync = await open_sync(runtime, weights=())
    for number in range(45):
        await sync.put(f"{number}", documents(f"{number}", [f"Text number {number}."]))
    moves = {f"{number}": Move(f"new/{number}") for number in range(45)}
    generation = sync.commits.state.generation
    await rename(await runtime.index.client(), sync.commits, moves, runtime.embedder)
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
        await rename(dying, sync.commits, MOVES, runtime.embedder)
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
        await rename(await reader.index.client(), again.commits, MOVES, reader.embedder)
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
            moves = {f"a{number}": Move(f"a{number + 1}")}
            await rename(client, sync.commits, moves, runtime.embedder)
        finished.set()

    async def read() -> None:
        reader = Runtime(settings)
        try:
            while not finished.is_set():
                assert await seen(reader) == sorted(texts)
        finally:
            await reader.aclose()

    await asyncio.gather(write(), read(), read())


PAGES = [
    pytest.param("index.md", "handbook/index.md", "index.md", "index.md", id="no title, no folder"),
    pytest.param("docs/index.md", "handbook/index.md", "index.md", "index.md", id="no title"),
    pytest.param("docs/falcon.md", "otter.md", "falcon.md", "otter.md", id="another file name"),
    pytest.param("notes", "Otter", "notes", "Otter", id="a file with a name of its own"),
    pytest.param(
        "https://example.org/falcon/",
        "https://example.org/otter/setup",
        "https://example.org/falcon/",
        "https://example.org/otter/setup",
        id="titled by its address",
    ),
    pytest.param(
        "https://example.org/a/index.html",
        "https://example.org/otter",
        "index.html",
        "index.html",
        id="a page that is titled so",
    ),
    pytest.param(
        "docs/a.md", "handbook/b.md", "The Falcon server", "The Falcon server", id="titled"
    ),
]


def sections(source: str, title: str, columns: str | None = None) -> list[Document]:
    """Chunks before the first heading and below some."""
    chunks = documents(source, [TASK, TREE, MEMORY], title=title)
    chunks[1].metadata["section"] = "Setup"
    chunks[2].metadata["section"] = "Setup > Disk"
    if columns is not None:
        chunks[2].metadata["columns"] = columns
    return chunks


async def whole(runtime: Runtime) -> dict[str, Record]:
    state = await runtime.index.snapshot()
    records = await (await runtime.index.client()).get(state.collection, vectors=True)
    return {record.id: record for record in records}


async def assert_as_fresh(
    settings: Settings, runtime: Runtime, chunks: list[Document], headings: Headings | None
) -> None:
    """What the index holds is what an ingest into an empty one makes."""
    other = Runtime(settings.model_copy(update={"collection": f"{settings.collection}-fresh"}))
    try:
        await (await open_sync(other, headings=headings)).put("any", chunks)
        fresh, now = await whole(other), await whole(runtime)
    finally:
        await other.aclose()
    assert now.keys() == fresh.keys()
    for id, record in fresh.items():
        assert describe(now[id]) == describe(record)
        assert now[id].vector == pytest.approx(record.vector, abs=1e-4)


@pytest.mark.parametrize("headings", [None, HEADINGS])
@pytest.mark.parametrize(("old", "new", "title", "then"), PAGES)
async def test_all_is_as_if_it_had_always_been_called_so(
    settings: Settings,
    runtime: Runtime,
    openai_server: OpenAIServer,
    old: str,
    new: str,
    title: str,
    then: str,
    headings: Headings | None,
) -> None:
    sync = await open_sync(runtime, headings=headings)
    await sync.put(old, sections(old, title, "Disk | Size"))
    asked = embedded(openai_server)
    await rename(await runtime.index.client(), sync.commits, {old: Move(new)}, runtime.embedder)
    if headings is None or title == "The Falcon server":
        assert embedded(openai_server) == asked
    wanted = sections(new, then, "Disk | Size")
    outcome = await sync.put(new, wanted)
    assert (outcome.change, outcome.embedded) == ("unchanged", 0)
    await assert_as_fresh(settings, runtime, wanted, headings)


async def test_names_are_embedded_once_however_many_chunks_lean_on_them(
    settings: Settings, runtime: Runtime, openai_server: OpenAIServer
) -> None:
    texts = [f"Sentence {number} about agents." for number in range(9)]
    sync = await open_sync(runtime, headings=HEADINGS)
    await sync.put("falcon.md", documents("falcon.md", texts, title="falcon.md"))
    asked, moves = len(openai_server.embeddings), {"falcon.md": Move("otter.md")}
    client = await runtime.index.client()
    await rename(client, sync.commits, moves, runtime.embedder, page=2)
    more = [text for call in openai_server.embeddings[asked:] for text in call.body["input"]]
    assert sorted(more) == ["falcon", "otter"]
    wanted = documents("otter.md", texts, title="otter.md")
    await assert_as_fresh(settings, runtime, wanted, HEADINGS)


async def test_where_names_cannot_be_embedded_the_old_ones_stay(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime, headings=HEADINGS)
    await sync.put("falcon.md", documents("falcon.md", TEXTS, title="falcon.md"))
    before = await rows(runtime)
    openai_server.script("text-embedding-3-small", status=400)
    client, moves = await runtime.index.client(), {"falcon.md": Move("otter.md")}
    with pytest.raises(EmbeddingFailedError):
        await rename(client, sync.commits, moves, runtime.embedder, page=2)
    assert await rows(runtime) == before
    assert len(await stored(runtime)) == len(TEXTS)


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


@pytest.mark.parametrize("n", [1, 3, 4, 5, 6])
async def test_who_is_killed_between_pages_leaves_no_half_source(
    settings: Settings, runtime: Runtime, n: int
) -> None:
    sync = await open_sync(runtime, headings=HEADINGS)
    await sync.put("a.md", documents("a.md", [*TEXTS, "One.", "Two."], title="a.md"))
    (old,) = (await rows(runtime)).items()
    client, moves = await runtime.index.client(), {"a.md": Move("b.md")}
    sync.commits._client = dying = cast(ChromaClient, Dying(client, n, done=False))
    with pytest.raises(IndexUnavailableError):
        await rename(dying, sync.commits, moves, runtime.embedder, page=3)
    reader = Runtime(settings)
    try:
        # Laid down in three pieces, marked, committed, deleted.
        assert await rows(reader) == {"a.md" if n <= 5 else "b.md": old[1]}
        again = await open_sync(reader, headings=HEADINGS)
        client = await reader.index.client()
        await rename(client, again.commits, moves, reader.embedder, page=3)
        wanted = documents("b.md", [*TEXTS, "One.", "Two."], title="b.md")
        await assert_as_fresh(settings, reader, wanted, HEADINGS)
    finally:
        await reader.aclose()
