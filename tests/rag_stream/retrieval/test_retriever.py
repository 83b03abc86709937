"""The documents in time or not at all: what hangs is told, and nothing goes on without us."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest
from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.runnables import RunnableConfig

from rag_stream.errors import (
    EmbeddingRejectedError,
    IndexUnavailableError,
    RetrievalTimeoutError,
)
from rag_stream.index.client import ChromaClient, Record
from rag_stream.lexical.search import LexicalSearch
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.retrieval.retriever import SNAPSHOTS, Retrieved
from rag_stream.settings import Settings
from tests.support.corpus import STREAM, TEXTS, fill
from tests.support.openai_server import OpenAIServer
from tests.support.raw_server import raw_server, read_request

EMBEDDING = "text-embedding-3-small"
QUESTION = "What is streaming?"


class HangingIndex:
    """Takes requests and never answers; counts those whose client is still there."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.open = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            await read_request(reader)
            self.asked.set()
            await reader.read(1)  # until the client has gone
        finally:
            self.open -= 1


class Errors(AsyncCallbackHandler):
    """Keeps what a retriever's run was told to have failed with."""

    def __init__(self) -> None:
        self.seen: list[type[BaseException]] = []

    async def on_retriever_error(self, error: BaseException, **kwargs: Any) -> None:
        self.seen.append(type(error))


@asynccontextmanager
async def opened(settings: Settings, **changes: Any) -> AsyncIterator[Runtime]:
    runtime = Runtime(settings.model_copy(update=changes))
    try:
        await runtime.load()  # imports take longer than these tests wait
        yield runtime
    finally:
        await runtime.aclose()


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """Whatever the block began has ended, but for the few steps that a cancellation takes."""
    before = asyncio.all_tasks()
    yield
    for _ in range(10):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() - before == set()


async def ask(runtime: Runtime, config: RunnableConfig | None, **chosen: Any) -> Retrieved:
    """What is retrieved for the question."""
    options = options_of(runtime.settings, chosen)
    return await runtime.retriever.retrieve(QUESTION, options, config)


def at(port: int) -> str:
    return f"http://127.0.0.1:{port}"


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - what it waits for is no event of ours
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("config", [None, {}])
async def test_an_embedding_model_that_hangs_is_told_in_time(
    settings: Settings, openai_server: OpenAIServer, config: RunnableConfig | None
) -> None:
    await fill(settings)
    async with opened(settings, retrieval_timeout_s=0.3) as runtime:
        openai_server.once(EMBEDDING, hang="response")
        async with nothing_left():
            with pytest.raises(RetrievalTimeoutError, match=r"not found within 0\.3 s") as caught:
                await ask(runtime, config)
        assert isinstance(caught.value.__cause__, TimeoutError)
        assert (caught.value.code, caught.value.status_code) == ("retrieval_timeout", 504)
        await openai_server.until(lambda: openai_server.live == 0)
        assert openai_server.calls[-1].outcome == "abandoned"


async def test_after_a_timeout_the_next_question_is_answered(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    async with opened(settings, retrieval_timeout_s=1.0) as runtime:
        openai_server.once(EMBEDDING, hang="response")
        with pytest.raises(RetrievalTimeoutError):
            await ask(runtime, None)
        found = await ask(runtime, None)
        assert found.documents[0].page_content == STREAM


@pytest.mark.parametrize("config", [None, {}])
async def test_an_index_that_hangs_is_told_in_time(
    settings: Settings, config: RunnableConfig | None
) -> None:
    index = HangingIndex()
    async with (
        raw_server(index) as port,
        opened(settings, chroma_url=at(port), retrieval_timeout_s=0.5) as runtime,
    ):
        await runtime.embedder.embed_question(QUESTION)  # so that only the index is waited for
        before = asyncio.all_tasks()
        with pytest.raises(RetrievalTimeoutError) as caught:
            await ask(runtime, config)
        assert isinstance(caught.value.__cause__, TimeoutError)
        assert index.asked.is_set()
        await until(lambda: index.open == 0)
        await until(lambda: asyncio.all_tasks() <= before)


async def test_the_time_of_all_tries_counts(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    """A model that fails slowly is not asked for as long as its retries take."""
    openai_server.script(EMBEDDING, status=500, response_delay=0.2)
    async with opened(settings, retrieval_timeout_s=0.5, retries=10) as runtime:
        with pytest.raises(RetrievalTimeoutError):
            await ask(runtime, None)
    assert len(openai_server.embeddings) < 5


@pytest.mark.parametrize("config", [None, {}])
async def test_a_question_given_up_lets_go_of_the_embedding_model(
    settings: Settings, openai_server: OpenAIServer, config: RunnableConfig | None
) -> None:
    await fill(settings)
    openai_server.script(EMBEDDING, hang="response")
    async with opened(settings) as runtime, nothing_left():
        count = len(openai_server.calls)
        asking = asyncio.create_task(ask(runtime, config))
        await openai_server.until(lambda: len(openai_server.calls) > count)
        asking.cancel()
        await asyncio.wait({asking}, timeout=10)
        assert asking.cancelled()
        await openai_server.until(lambda: openai_server.live == 0)


async def test_a_question_given_up_lets_go_of_the_index(settings: Settings) -> None:
    index = HangingIndex()
    async with raw_server(index) as port, opened(settings, chroma_url=at(port)) as runtime:
        before = asyncio.all_tasks()
        asking = asyncio.create_task(ask(runtime, None))
        await index.asked.wait()
        asking.cancel()
        await asyncio.wait({asking}, timeout=10)
        assert asking.cancelled()
        await until(lambda: index.open == 0)
        await until(lambda: asyncio.all_tasks() <= before)


async def test_an_embedding_that_fails_does_not_leave_the_look_at_the_index_behind(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    openai_server.script(EMBEDDING, status=401)
    index = HangingIndex()
    async with raw_server(index) as port, opened(settings, chroma_url=at(port)) as runtime:
        before = asyncio.all_tasks()
        with pytest.raises(EmbeddingRejectedError):
            await ask(runtime, None)
        await until(lambda: index.open == 0)
        await until(lambda: asyncio.all_tasks() <= before)


async def test_a_timeout_is_what_the_run_is_told_to_have_failed_with(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    openai_server.script(EMBEDDING, hang="response")
    errors = Errors()
    async with opened(settings, retrieval_timeout_s=0.2) as runtime:
        with pytest.raises(RetrievalTimeoutError):
            await ask(runtime, {"callbacks": [errors]})
    assert errors.seen == [RetrievalTimeoutError]


async def test_what_a_change_under_way_lays_down_takes_nobodys_place(settings: Settings) -> None:
    await fill(settings)
    async with opened(settings) as runtime:
        snapshot = await runtime.index.snapshot()
        vector = np.asarray(await runtime.embedder.embed_question(QUESTION), "<f4")
        metadata = {
            "source": "new.md",
            "start_index": 0,
            "since": snapshot.generation + 1,
            "until": 0,
        }
        staged = [Record(f"{number}", f"{number}", metadata, 0.0, vector) for number in range(80)]
        await (await runtime.index.client()).upsert(snapshot.collection, staged)
        found = await ask(runtime, None)
        dense = await ask(runtime, None, search_type="dense")
    assert sorted(document.page_content for document in found.documents) == sorted(TEXTS)
    assert {document.page_content for document in dense.documents} == set(TEXTS)
    assert all("dense" in document.metadata["found"] for document in found.documents)


async def test_an_index_made_anew_between_look_and_search_is_followed(settings: Settings) -> None:
    await fill(settings)
    async with opened(settings) as runtime:
        await ask(runtime, None)  # looks at the index, and remembers it for a moment
        client = await runtime.index.client()
        await client.drop(settings.collection)
        await fill(settings, [STREAM], source="new.md")
        found = await ask(runtime, None)
    assert [document.metadata["source"] for document in found.documents] == ["new.md"]


async def test_without_a_lexical_index_yet_the_search_is_dense_and_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(settings)
    monkeypatch.setattr(LexicalSearch.search, "__kwdefaults__", {"wait_s": 0.0})
    async with opened(settings) as runtime:
        first = {kind: await ask(runtime, None, search_type=kind) for kind in ("lexical", "hybrid")}
        await runtime.lexical.catch_up(await runtime.index.snapshot())
        then = {kind: await ask(runtime, None, search_type=kind) for kind in ("lexical", "hybrid")}
    assert [found.search_type for found in first.values()] == ["dense", "dense"]
    assert [found.search_type for found in then.values()] == ["lexical", "hybrid"]
    assert all(found.documents for found in (*first.values(), *then.values()))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Chroma is asked for: the last word of each path."""
    made: list[str] = []
    call = ChromaClient._call

    async def noted(self: ChromaClient, method: str, path: str, *args: Any, **kwargs: Any) -> Any:
        made.append("find" if method == "GET" else path.rpartition("/")[2])
        return await call(self, method, path, *args, **kwargs)

    monkeypatch.setattr(ChromaClient, "_call", noted)
    return made


@pytest.mark.parametrize(
    ("recent_s", "expected"), [(3600.0, ["query", "get"]), (-1.0, ["find", "query", "get"])]
)
async def test_a_question_costs_the_index_two_calls_and_now_and_then_a_third(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    calls: list[str],
    recent_s: float,
    expected: list[str],
) -> None:
    monkeypatch.setattr("rag_stream.index.reader.RECENT_S", recent_s)
    await fill(settings)
    async with opened(settings) as runtime:
        await runtime.catch_up()
        calls.clear()
        found = await ask(runtime, None)
        assert (found.search_type, calls) == ("hybrid", expected)
        assert found.snapshot.lexical_generation == found.generation == 1


@pytest.mark.parametrize(
    ("search_type", "moves"),
    [("hybrid", 2), ("dense", 2), ("lexical", 1)],  # the lexical index is followed with rests
)
async def test_an_index_that_moves_under_the_search_is_followed(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, search_type: str, moves: int
) -> None:
    """Each of the first reads finds that another one has just replaced the source."""
    await fill(settings)
    versions = iter([f"Streaming, version {number}." for number in range(moves)])
    slow = settings.model_copy(update={"retrieval_timeout_s": 60.0})
    async with opened(slow, search_type=search_type) as runtime:
        await runtime.catch_up()
        read = ChromaClient.query if search_type == "dense" else ChromaClient.get

        async def overtaken(self: ChromaClient, *args: Any, **kwargs: Any) -> list[Record]:
            with monkeypatch.context() as undone:
                undone.setattr(ChromaClient, read.__name__, read)
                if (text := next(versions, None)) is not None:
                    await fill(settings, [text])
            return await read(self, *args, **kwargs)

        with monkeypatch.context() as patched:
            patched.setattr(ChromaClient, read.__name__, overtaken)
            found = await ask(runtime, None)
    last = f"Streaming, version {moves - 1}."
    assert [document.page_content for document in found.documents] == [last]
    assert found.generation == 1 + moves


@pytest.mark.parametrize("search_type", ["hybrid", "dense"])
async def test_each_question_sees_one_version_of_a_source_that_keeps_changing(
    settings: Settings, search_type: str
) -> None:
    versions = [[f"Version {v} streaming {n}." for n in range(60)] for v in range(6)]
    await fill(settings, versions[0])
    finished = asyncio.Event()

    async def write() -> None:
        for version in versions[1:]:
            await fill(settings, version)
        finished.set()

    async def read() -> set[str]:
        seen: set[str] = set()
        while not finished.is_set():
            found = await ask(runtime, None)
            version = {document.page_content.split()[1] for document in found.documents}
            assert len(version) == 1, f"two versions at once: {version}"
            seen |= version
        return seen

    async with opened(settings, search_type=search_type, retrieval_timeout_s=60.0) as runtime:
        _, *seen = await asyncio.gather(write(), *(read() for _ in range(3)))
    assert len(set().union(*seen)) > 1


async def test_an_index_that_never_keeps_still_is_told(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    await fill(settings)
    searched = 0
    query = ChromaClient.query

    async def overtaken(self: ChromaClient, *args: Any, **kwargs: Any) -> list[Record]:
        nonlocal searched
        searched += 1
        await self.drop(settings.collection)
        await self.create(
            settings.collection,
            {"embedding_model": f"openai:{EMBEDDING}", "generation": searched, "schema": 1},
        )
        return await query(self, *args, **kwargs)

    monkeypatch.setattr(ChromaClient, "query", overtaken)
    async with opened(settings, search_type="dense", retrieval_timeout_s=60.0) as runtime:
        with pytest.raises(IndexUnavailableError, match="changed while it was searched") as caught:
            await ask(runtime, None)
    assert type(caught.value) is IndexUnavailableError
    assert searched == SNAPSHOTS
