"""Writing that is under way, fails or is killed: nothing is seen half."""

import asyncio

import pytest

from rag_stream.errors import EmbeddingFailedError
from rag_stream.index.client import Record
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import MEMORY, STREAM, TASK, documents, fill
from tests.support.openai_server import OpenAIServer
from tests.support.synced_index import open_sync, seen, stored


async def test_readers_see_old_or_new_never_half(settings: Settings, runtime: Runtime) -> None:
    versions = [[f"Version {v} sentence {n} about agents." for n in range(40)] for v in range(6)]
    await fill(settings, versions[0])
    finished = asyncio.Event()

    async def write() -> None:
        for version in versions[1:]:
            await fill(settings, version)
        finished.set()

    async def read() -> set[str]:
        found = set()
        while not finished.is_set():
            texts = await seen(runtime, "sentence about agents")
            number = {text.split()[1] for text in texts}
            assert len(number) == 1, f"two versions at once: {number}"
            assert len(texts) == 40
            found |= number
        return found

    writing = asyncio.create_task(write())
    readings = await asyncio.gather(*(read() for _ in range(3)))
    await writing
    assert set().union(*readings)


async def test_a_run_that_fails_half_way_changes_nothing(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    sync = await open_sync(runtime)
    await sync.put("s", documents("s", [TASK, MEMORY]))
    many = [f"Sentence number {n}." for n in range(100)]  # two batches; the second fails
    openai_server.once("text-embedding-3-small")
    openai_server.once("text-embedding-3-small", status=400)
    with pytest.raises(EmbeddingFailedError):
        await sync.put("s", documents("s", many))
    assert sorted(record.text for record in await stored(runtime)) == sorted([TASK, MEMORY])
    assert await seen(runtime) == sorted([TASK, MEMORY])


async def test_what_a_killed_run_left_is_cleaned_up_by_the_next(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    await sync.put("s", documents("s", [TASK, MEMORY]))
    client, state = await runtime.index.client(), await runtime.index.snapshot()
    left = await client.get(state.collection, vectors=True)
    staged = Record("x" * 32, STREAM, {**left[0].metadata, "since": 2}, 0.0, left[0].vector)
    await client.upsert(state.collection, [staged])
    await client.update_metadata(state.collection, [left[0].id], {"until": 2})
    assert await seen(runtime) == sorted([TASK, MEMORY])
    await open_sync(runtime)
    records = await stored(runtime)
    assert sorted(record.text for record in records) == sorted([TASK, MEMORY])
    assert {record.metadata["until"] for record in records} == {0}
