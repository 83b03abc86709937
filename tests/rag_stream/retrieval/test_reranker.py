"""A reranker's order decides what fills the context; without one nothing is lost but the order."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from rag_stream.index.client import Record
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.retrieval.fusion import Candidate, Place
from rag_stream.retrieval.reranker import reranked
from rag_stream.retrieval.retriever import Retrieved
from rag_stream.retrieval.search import Passage
from rag_stream.settings import Settings
from tests.support.corpus import MEMORY, STREAM, TEXTS, TOOLS, fill
from tests.support.rerank_server import RerankServer

QUESTION = "What is streaming?"
WRONG = b'{"results": [{"index": 0, "relevance_score": 1}, {"index": 0, "relevance_score": 2}]}'


@pytest.fixture
def server() -> Iterator[RerankServer]:
    with RerankServer(wanted={"memory", "agent", "vector", "store"}) as server:
        yield server


@pytest.fixture
def reranking(settings: Settings, server: RerankServer) -> Settings:
    """Settings with the stand-in as the reranker, which has all the time it needs."""
    changes = {"rerank_url": server.url, "rerank_model": "m", "rerank_timeout_s": 30.0}
    return settings.model_copy(update={**changes, "retrieval_timeout_s": 60.0})


@asynccontextmanager
async def opened(settings: Settings, **changes: Any) -> AsyncIterator[Runtime]:
    runtime = Runtime(settings.model_copy(update=changes))
    try:
        await runtime.load()
        await runtime.catch_up()
        yield runtime
    finally:
        await runtime.aclose()


async def ask(runtime: Runtime, **chosen: Any) -> Retrieved:
    options = options_of(runtime.settings, chosen)
    return await runtime.retriever.retrieve(QUESTION, options, None)


def texts(found: Retrieved) -> list[str]:
    return [document.page_content for document in found.documents]


async def without(settings: Settings, **chosen: Any) -> Retrieved:
    """What is found by the same settings without a reranker."""
    async with opened(settings, rerank_url=None) as runtime:
        return await ask(runtime, **chosen)


@pytest.mark.parametrize("search_type", ["hybrid", "dense", "lexical"])
async def test_its_order_decides_what_fills_the_context(
    reranking: Settings, server: RerankServer, search_type: str
) -> None:
    await fill(reranking)
    little = reranking.model_copy(update={"context_chars": 200})  # room for two
    before = texts(await without(little, search_type=search_type))
    assert (before[0], len(before), MEMORY in before) == (STREAM, 2, False)
    async with opened(little) as runtime:
        found = await ask(runtime, search_type=search_type)
    assert texts(found) == [MEMORY, STREAM]
    assert found.search_type == search_type
    assert found.rerank is not None
    assert found.rerank.model_dump() == {"state": "used", "model": "m"}
    assert sorted(server.calls[-1].texts) == sorted(TEXTS)
    assert server.calls[-1].body["query"] == QUESTION


async def test_each_document_says_its_place_and_keeps_its_score(
    reranking: Settings, server: RerankServer
) -> None:
    await fill(reranking)
    before = {d.id: d.metadata for d in (await without(reranking)).documents}
    async with opened(reranking) as runtime:
        found = await ask(runtime)
    assert [d.metadata["found"]["rerank"]["rank"] for d in found.documents] == [1, 2, 3, 4, 5]
    for document in found.documents:
        place = document.metadata["found"].pop("rerank")
        assert place["score"] == pytest.approx(server.score(document.page_content), abs=1e-6)
        assert document.metadata == before[document.id]
    assert all("rerank" not in metadata["found"] for metadata in before.values())


@pytest.mark.parametrize("search_type", ["hybrid", "dense", "lexical"])
async def test_fifty_candidates_go_in_however_few_come_out(
    reranking: Settings, server: RerankServer, search_type: str
) -> None:
    many = [f"Streaming of token number {number}." for number in range(60)]
    await fill(reranking, many)
    async with opened(reranking) as runtime:
        found = await ask(runtime, search_type=search_type, k=2)
    assert len(found.documents) == 2
    (call,) = server.calls
    assert len(set(call.texts)) == len(call.texts) == 50


async def test_a_filter_goes_before_it(reranking: Settings, server: RerankServer) -> None:
    await fill(reranking)
    await fill(reranking, [TOOLS], source="tools.md")
    async with opened(reranking) as runtime:
        found = await ask(runtime, filter={"source": "tools.md"})
        nothing = await ask(runtime, filter={"source": "none.md"})
    assert (texts(found), len(server.calls), server.calls[0].texts) == ([TOOLS], 1, [TOOLS])
    assert nothing.documents == []
    assert nothing.rerank is not None
    assert nothing.rerank.model_dump() == {"state": "skipped", "model": "m"}


async def test_what_it_does_not_name_keeps_its_order_behind(
    reranking: Settings, server: RerankServer
) -> None:
    await fill(reranking)
    before = texts(await without(reranking))
    server.how = 200, b'{"results": [{"index": 3, "relevance_score": 0.5}]}'
    async with opened(reranking) as runtime:
        found = await ask(runtime)
    assert texts(found) == [before[3], *before[:3], before[4]]
    assert ["rerank" in d.metadata["found"] for d in found.documents] == [True] + [False] * 4


@pytest.mark.parametrize("how", [(500, b"no"), (200, b"<html>"), (200, WRONG), (200, b"{}")])
async def test_where_it_fails_the_order_stays_and_a_line_is_logged(
    reranking: Settings, server: RerankServer, how: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await fill(reranking)
    before = await without(reranking)
    server.how = how
    async with opened(reranking) as runtime:
        found = await ask(runtime)
    assert found.documents == before.documents
    assert found.rerank is not None
    assert found.rerank.model_dump() == {"state": "failed", "model": "m"}
    (line,) = [r for r in caplog.records if r.name == "rag_stream.retrieval.reranker"]
    assert line.levelno == logging.WARNING
    assert line.getMessage().startswith("the reranker failed; the order without it is used: ")


@pytest.mark.parametrize(
    "limits",
    [
        {"rerank_timeout_s": 0.2},
        {"retrieval_timeout_s": 4.0},  # the shorter of the two counts, and it fails nothing
    ],
)
async def test_where_it_hangs_the_order_stays_and_it_is_let_go(
    reranking: Settings, server: RerankServer, limits: dict[str, float]
) -> None:
    await fill(reranking)
    before = await without(reranking)
    server.how = "hang"
    async with opened(reranking, **limits) as runtime:
        found = await ask(runtime)
        await server.until("abandoned")
    assert found.documents == before.documents
    assert found.rerank is not None
    assert found.rerank.model_dump() == {"state": "timed_out", "model": "m"}


async def test_a_question_given_up_lets_go_of_it(reranking: Settings, server: RerankServer) -> None:
    await fill(reranking)
    server.how = "hang"
    async with opened(reranking) as runtime:
        before = asyncio.all_tasks()
        asking = asyncio.create_task(ask(runtime))
        await server.until("live")
        asking.cancel()
        await asyncio.wait({asking}, timeout=10)
        assert asking.cancelled()
        await server.until("abandoned")
        assert asyncio.all_tasks() <= before


@pytest.mark.parametrize("how", ["answer", (500, b"no")])
async def test_a_question_is_refused_or_not_as_without_it(
    reranking: Settings, server: RerankServer, how: Any
) -> None:
    """The thresholds were made for the order without it; a reranker's scores mean anything."""
    await fill(reranking)
    server.how = how
    few = {"context_chars": 200, "abstain_below": 0.3}
    before = await without(reranking.model_copy(update=few))
    async with opened(reranking, **few) as runtime:
        found = await ask(runtime)
        relevance = await runtime.judge(QUESTION, found)
        assert found.fused == before.documents
        assert relevance == await runtime.judge(QUESTION, before)
    assert relevance.score is not None
    assert relevance.score > 0.3


class Raising:
    """A reranker with an error of its own kind."""

    model = None

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def rerank(self, question: str, texts: Sequence[str]) -> list[tuple[int, float]]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "state"), [(ValueError("odd"), "failed"), (TimeoutError(), "timed_out")]
)
async def test_whatever_a_reranker_raises_the_order_stays(error: Exception, state: str) -> None:
    passages = [
        Passage(Candidate(name, 1.0, Place(1, 1.0), None), Record(name, name, {})) for name in "ab"
    ]
    until = asyncio.get_running_loop().time() + 30
    after, status = await reranked(Raising(error), QUESTION, passages, until)
    assert after == passages
    assert status.model_dump() == {"state": state, "model": None}
