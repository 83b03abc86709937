"""Sources under other names: texts and vectors stay, each source is seen once."""

import asyncio

from rag_stream.index.generation import ROOT, describe
from rag_stream.indexing.rename import Move, rename
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import MEMORY, STREAM, TASK, TEXTS, TOOLS, documents
from tests.support.openai_server import OpenAIServer
from tests.support.renamed import MOVES, rows
from tests.support.synced_index import embedded, open_sync, seen, stored, vectors


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
