"""Reading the index: what is found, what is hidden, and what happens when it is away."""

import asyncio
import gc
import json
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from rag_stream.errors import (
    IndexConnectTimeoutError,
    IndexEmptyError,
    IndexMovedError,
    IndexUnavailableError,
)
from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.reader import IndexReader
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.retrieval.retriever import Retrieved
from rag_stream.settings import Settings, load_settings
from tests.support.corpus import STREAM, TASK, TEXTS, TREE, fill
from tests.support.deaf import deaf_listener


async def ask(runtime: Runtime, question: str) -> Retrieved:
    return await runtime.retriever.retrieve(question, options_of(runtime.settings, {}), {})


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    runtime = Runtime(settings)
    yield runtime
    await runtime.aclose()


async def test_search_finds_the_nearest_first(runtime: Runtime, settings: Settings) -> None:
    await fill(settings)
    vector = await runtime.embedder.embed_question("What is streaming of an answer's token?")
    found = await runtime.index.search(await runtime.index.snapshot(), vector, 2)
    assert found[0].text == STREAM
    assert found[0].distance < found[1].distance


async def test_search_looks_past_chunks_that_do_not_count_yet(
    runtime: Runtime, settings: Settings
) -> None:
    await fill(settings)
    client, snapshot = await runtime.index.client(), await runtime.index.snapshot()
    vector = await runtime.embedder.embed_question(TASK)
    best = (await client.get(snapshot.collection, {"start_index": 0}, vectors=True))[0]
    staged = [
        Record(f"staged-{n}", TASK, {**best.metadata, "since": 99}, 0.0, best.vector)
        for n in range(20)
    ]
    await client.upsert(snapshot.collection, staged)
    found = await runtime.index.search(snapshot, vector, len(TEXTS))
    assert sorted(r.text for r in found) == sorted(TEXTS)


READS: dict[str, Callable[[IndexReader, IndexSnapshot, Sequence[float], list[str]], Any]] = {
    "search": lambda index, snapshot, vector, ids: index.search(snapshot, vector, len(TEXTS)),
    "propose": lambda index, snapshot, vector, ids: index.propose(snapshot, vector, len(TEXTS)),
    "fetch": lambda index, snapshot, vector, ids: index.fetch(snapshot, ids),
    "count": lambda index, snapshot, vector, ids: index.count(snapshot),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
async def test_a_collection_that_was_replaced_has_moved(
    runtime: Runtime, settings: Settings, read: Any
) -> None:
    await fill(settings)
    snapshot = await runtime.index.snapshot()
    vector = await runtime.embedder.embed_question("streaming")
    await (await runtime.index.client()).drop(settings.collection)
    await fill(settings, [STREAM])
    with pytest.raises(IndexMovedError, match="has moved on from generation 1"):
        await read(runtime.index, snapshot, vector, ["any"])


@pytest.mark.parametrize("name", ["search", "fetch"])
async def test_what_is_of_a_later_generation_has_moved(
    runtime: Runtime, settings: Settings, name: str
) -> None:
    await fill(settings)
    client, snapshot = await runtime.index.client(), await runtime.index.snapshot()
    vector = await runtime.embedder.embed_question("streaming")
    ids = await client.ids(snapshot.collection, limit=100)
    await fill(settings, [STREAM, "Another text than before."])
    with pytest.raises(IndexMovedError, match="has moved on from generation 1"):
        await READS[name](runtime.index, snapshot, vector, ids)
    newer = await runtime.index.snapshot()
    assert newer.generation == 2
    await READS[name](runtime.index, newer, vector, ids)


async def test_what_is_only_laid_down_has_not_moved(runtime: Runtime, settings: Settings) -> None:
    await fill(settings)
    client, snapshot = await runtime.index.client(), await runtime.index.snapshot()
    vector = await runtime.embedder.embed_question("streaming")
    stored = await client.get(snapshot.collection, vectors=True)
    staged = Record("staged", "x", {**stored[0].metadata, "since": 2}, 0.0, stored[0].vector)
    await client.upsert(snapshot.collection, [staged])
    found = await runtime.index.search(snapshot, vector, 100)
    assert sorted(record.text for record in found) == sorted(TEXTS)
    fetched = await runtime.index.fetch(snapshot, [record.id for record in [*stored, staged]])
    assert fetched.keys() == {record.id for record in stored}


async def test_a_look_at_another_collection_is_not_taken_for_this_one(
    runtime: Runtime, settings: Settings
) -> None:
    await fill(settings)
    await (await runtime.index.client()).create(f"{settings.collection}.new", {"generation": 7})
    assert await runtime.index.find("there-is-none") is None
    other = await runtime.index.find(f"{settings.collection}.new")
    assert other is not None
    assert other.generation == 7
    assert runtime.index.recent() is None


async def test_a_busy_service_looks_at_the_index_once_for_many_searches(
    runtime: Runtime, settings: Settings
) -> None:
    await fill(settings)
    assert runtime.index.recent() is None
    await ask(runtime, "What is streaming?")
    assert runtime.index.recent() == await runtime.index.snapshot()


@pytest.mark.parametrize("texts", [[STREAM, "Streaming was added later."], [TASK]])
async def test_a_search_from_an_old_look_sees_a_change_at_once(
    monkeypatch: pytest.MonkeyPatch, runtime: Runtime, settings: Settings, texts: list[str]
) -> None:
    # However old the look is: what is found tells by itself that the index has moved on.
    monkeypatch.setattr("rag_stream.index.reader.RECENT_S", 3600.0)
    await fill(settings)
    before = await ask(runtime, "What is streaming?")
    assert before.documents[0].page_content == STREAM
    await fill(settings, texts)
    assert runtime.index.recent() is not None
    after = await ask(runtime, "What is streaming?")
    assert {document.page_content for document in after.documents} == set(texts)
    assert after.generation == before.generation + 1


async def test_a_search_from_an_old_look_sees_an_index_made_anew(
    monkeypatch: pytest.MonkeyPatch, runtime: Runtime, settings: Settings
) -> None:
    monkeypatch.setattr("rag_stream.index.reader.RECENT_S", 3600.0)
    await fill(settings)
    await ask(runtime, "What is streaming?")
    await (await runtime.index.client()).drop(settings.collection)
    with pytest.raises(IndexEmptyError):
        await ask(runtime, "What is streaming?")
    await fill(settings, [TREE])
    found = await ask(runtime, "What is streaming?")
    assert [document.page_content for document in found.documents] == [TREE]


async def test_nothing_ingested_is_an_error_that_names_the_command(runtime: Runtime) -> None:
    with pytest.raises(IndexEmptyError, match="python -m ingest"):
        await runtime.index.snapshot()


async def test_a_server_that_is_away_is_reported() -> None:
    runtime = Runtime(load_settings(chroma_url="http://127.0.0.1:9"))
    with pytest.raises(IndexUnavailableError, match="does not answer"):
        await runtime.index.snapshot()
    await runtime.aclose()


async def test_a_folders_own_server_is_replaced_when_it_dies(
    settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(
        update={"chroma_url": None, "chroma_path": tmp_path / "data" / "chroma"}
    )
    await fill(settings)
    runtime = Runtime(settings)
    assert (await runtime.index.snapshot()).generation == 1
    address = json.loads((tmp_path / "data" / "chroma.address").read_text())
    os.kill(address["pid"], signal.SIGKILL)
    found = await ask(runtime, "What is task decomposition?")
    assert found.documents[0].page_content == TASK
    await runtime.aclose()


class Lease:
    """A hold on a server that is not there."""

    url = "http://127.0.0.1:9"

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


class Owner:
    """Stands in for the start of a folder's own server, which lasts until the test says so."""

    def __init__(self) -> None:
        self.asked = 0
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Event()
        self.error: Exception | None = None
        self.leases: list[Lease] = []

    def acquire(self, folder: Path) -> Lease:
        self.asked += 1
        self.begun.release()
        assert self.may_end.wait(20)
        if self.error is not None:
            raise self.error
        self.leases.append(Lease())
        return self.leases[-1]

    async def until_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.acquire, timeout=10)

    @property
    def closed(self) -> list[int]:
        return [lease.closed for lease in self.leases]


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Iterator[Owner]:
    owner = Owner()
    monkeypatch.setattr("rag_stream.index.reader.acquire_server", owner.acquire)
    yield owner
    owner.may_end.set()


@pytest.fixture
async def complaints() -> list[str]:
    """What the event loop has to say of tasks that nobody has looked at."""
    said: list[str] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda loop, context: said.append(context["message"])
    )
    return said


async def given_up(index: IndexReader, owner: Owner) -> None:
    """Ask a first question, and leave while the server is being started for it."""
    asking = asyncio.create_task(index.snapshot())
    await owner.until_begun()
    asking.cancel()
    await asyncio.wait({asking}, timeout=10)
    assert asking.cancelled()  # at once, not when the server is there


async def test_the_first_question_may_be_given_up_while_the_server_starts(owner: Owner) -> None:
    """The lease that was taken for it is everybody's."""
    index = IndexReader(load_settings())
    await given_up(index, owner)
    next_one = asyncio.create_task(index.client())
    await asyncio.sleep(0)
    owner.may_end.set()
    assert await next_one is await index.client()
    assert owner.closed == [0]
    await index.aclose()
    assert (owner.asked, owner.closed) == (1, [1])


async def test_questions_that_come_while_the_server_starts_share_it(owner: Owner) -> None:
    index = IndexReader(load_settings())
    asking = [asyncio.create_task(index.client()) for _ in range(5)]
    await owner.until_begun()
    asking[0].cancel()
    owner.may_end.set()
    first, *others = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(first, asyncio.CancelledError)
    assert others == [await index.client()] * 4
    await index.aclose()
    assert owner.closed == [1]


async def test_a_server_that_starts_while_the_index_is_closed_is_let_go(owner: Owner) -> None:
    before = asyncio.all_tasks()
    index = IndexReader(load_settings())
    await given_up(index, owner)
    closing = asyncio.create_task(index.aclose())
    await asyncio.sleep(0)
    owner.may_end.set()
    await closing
    assert owner.closed == [1]
    assert asyncio.all_tasks() == before


async def test_a_close_that_is_cancelled_does_not_lose_the_lease(owner: Owner) -> None:
    index = IndexReader(load_settings())
    await given_up(index, owner)
    closing = asyncio.create_task(index.aclose())
    await asyncio.sleep(0.01)
    closing.cancel()
    await asyncio.wait({closing})
    owner.may_end.set()
    await index.client()
    await index.aclose()
    assert owner.closed == [1]


async def test_an_index_can_be_used_again_once_it_is_closed(owner: Owner) -> None:
    index = IndexReader(load_settings())
    owner.may_end.set()
    for _ in range(2):
        await index.client()
        await index.aclose()
    assert owner.closed == [1, 1]


async def test_a_start_that_fails_for_nobody_is_no_complaint(
    owner: Owner, complaints: list[str]
) -> None:
    owner.error = IndexUnavailableError("no such folder")
    index = IndexReader(load_settings())
    await given_up(index, owner)
    owner.may_end.set()
    await index.aclose()
    for _ in range(3):
        await asyncio.sleep(0)
        gc.collect()
    assert complaints == []


async def test_a_start_that_failed_is_tried_again_by_the_next_question(
    owner: Owner, complaints: list[str]
) -> None:
    index = IndexReader(load_settings())
    owner.may_end.set()
    owner.error = IndexUnavailableError("no such folder")
    both = await asyncio.gather(index.client(), index.client(), return_exceptions=True)
    assert both == [owner.error] * 2
    owner.error = None
    await index.client()
    await index.aclose()
    assert owner.closed == [1]
    gc.collect()
    assert complaints == []


async def test_a_real_server_started_for_a_question_given_up_serves_the_next(
    settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(
        update={"chroma_url": None, "chroma_path": tmp_path / "data" / "chroma"}
    )
    runtime = Runtime(settings)
    asking = asyncio.create_task(runtime.index.snapshot())
    await asyncio.sleep(0.05)  # a server takes longer than that to start
    asking.cancel()
    await asyncio.wait({asking}, timeout=10)
    assert asking.cancelled()
    with pytest.raises(IndexEmptyError):
        await runtime.index.snapshot()
    await runtime.aclose()
    gc.collect()  # a lease that got lost would be told here, as a file that nobody closed


async def test_a_server_that_takes_no_connection_is_told_in_time() -> None:
    with deaf_listener() as port:
        index = IndexReader(
            load_settings(chroma_url=f"http://127.0.0.1:{port}", connect_timeout_s=0.2)
        )
        async with asyncio.timeout(10):
            with pytest.raises(IndexConnectTimeoutError, match="did not take a connection") as told:
                await index.snapshot()
        await index.aclose()
    error = told.value
    assert (error.code, error.status_code, error.stage) == ("connect_timeout", 504, "retrieve")


async def test_chunks_fetched_before_are_remembered_for_their_generation(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(settings)
    runtime = Runtime(settings)
    asked: list[int] = []
    get = ChromaClient.get

    async def counting(self: ChromaClient, *args: Any, **kwargs: Any) -> list[Record]:
        asked.append(len(kwargs["ids"]))
        return await get(self, *args, **kwargs)

    try:
        client = await runtime.index.client()
        snapshot = await runtime.index.snapshot()
        ids = await client.ids(snapshot.collection, limit=100, offset=0)
        monkeypatch.setattr(ChromaClient, "get", counting)
        first = await runtime.index.fetch(snapshot, ids[:3])
        assert await runtime.index.fetch(snapshot, ids[:3]) == first
        assert (await runtime.index.fetch(snapshot, ids)).keys() == set(ids)
        assert asked == [3, len(ids) - 3]
        monkeypatch.setattr(ChromaClient, "get", get)
        await fill(settings, TEXTS[1:])
        monkeypatch.setattr(ChromaClient, "get", counting)
        now = await runtime.index.snapshot()
        assert now.generation == snapshot.generation + 1
        found = await runtime.index.fetch(now, ids)
        assert len(found) < len(ids)  # what was there before is not taken for what is
        assert asked[2:] == [len(ids)]
    finally:
        await runtime.aclose()
