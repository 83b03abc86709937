"""Rerankers over real sockets: what is sent, what comes back, what is told when nothing does."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, get_args

import pytest

from rag_stream.errors import SettingsError
from rag_stream.models.rerank.client import MOST_BYTES, RerankClient, build_reranker
from rag_stream.models.rerank.wire import RerankError
from rag_stream.setting_fields import RerankApi
from rag_stream.settings import load_settings
from tests.support.raw_server import raw_server, read_request
from tests.support.rerank_server import RerankServer

TEXTS = ["bread", "harbour of Marlow", "harbour"]


@pytest.fixture
def server() -> Iterator[RerankServer]:
    with RerankServer(wanted={"harbour"}) as server:
        yield server


@asynccontextmanager
async def client(api: RerankApi, url: str, **how: Any) -> AsyncIterator[RerankClient]:
    client = RerankClient(api, url, **{"model": "m", **how})
    try:
        yield client
    finally:
        await client.aclose()


@pytest.mark.parametrize("api", get_args(RerankApi))
async def test_the_best_come_first(server: RerankServer, api: RerankApi) -> None:
    async with client(api, server.url, key="sk-rerank") as reranker:
        ranked = await reranker.rerank("Where?", TEXTS)
    assert ranked == [(2, 1.0), (1, pytest.approx(1 / 3)), (0, 0.0)]
    (call,) = server.calls
    assert (call.api, call.body["query"], call.texts) == (api, "Where?", TEXTS)
    assert call.headers["authorization"] == "Bearer sk-rerank"
    assert call.headers["content-type"] == "application/json"


async def test_without_a_key_none_is_sent(server: RerankServer) -> None:
    async with client("jina", server.url) as reranker:
        await reranker.rerank("Where?", TEXTS)
    assert "authorization" not in server.calls[0].headers


async def test_more_texts_than_a_server_takes_are_ranked_together(server: RerankServer) -> None:
    texts = [f"bread {number}" for number in range(50)]
    texts[40], texts[3] = "harbour", "harbour bread"
    async with client("tei", server.url) as reranker:
        ranked = await reranker.rerank("Where?", texts)
    assert [len(call.texts) for call in server.calls] == [32, 18]
    assert ranked[:2] == [(40, 1.0), (3, 0.5)]
    assert sorted(index for index, _ in ranked) == list(range(50))


async def test_an_answer_that_is_not_sorted_is(server: RerankServer) -> None:
    server.how = 200, b'[{"index": 0, "score": 0.1}, {"index": 1, "score": 0.7}]'
    async with client("tei", f"{server.url}/rerank") as reranker:
        assert await reranker.rerank("Where?", TEXTS) == [(1, 0.7), (0, 0.1)]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ((500, b"sk-rerank"), "answered with status 500"),
        ((401, b"no"), "answered with status 401"),
        ((302, b""), "answered with status 302"),
        ((200, b"<html>"), "not JSON"),
        ((200, b'{"results": [{"index": 9, "relevance_score": 1}]}'), "got 9"),
        ((200, b" " * (MOST_BYTES + 1)), "more than"),
    ],
)
async def test_no_order_is_told(server: RerankServer, how: Any, words: str) -> None:
    server.how = how
    async with client("jina", server.url, key="sk-rerank") as reranker:
        with pytest.raises(RerankError, match=words) as told:
            await reranker.rerank("Where?", TEXTS)
        assert "sk-rerank" not in str(told.value)
        server.how = "answer"
        assert len(await reranker.rerank("Where?", TEXTS)) == 3  # it is used again


async def test_a_server_that_is_away_or_hangs_up_is_told() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)

    async with raw_server(hang_up) as port:
        for url in (f"http://127.0.0.1:{port}", "http://127.0.0.1:9"):
            async with client("jina", url) as reranker:
                with pytest.raises(RerankError, match="gave no answer"):
                    await reranker.rerank("Where?", TEXTS)


async def test_a_key_that_cannot_be_sent_is_not_told(server: RerankServer) -> None:
    async with client("jina", server.url, key="sk-secret\n") as reranker:
        with pytest.raises(RerankError, match="gave no answer") as told:
            await reranker.rerank("Where?", TEXTS)
    assert "secret" not in str(told.value)


async def test_a_question_given_up_lets_go_of_the_socket(server: RerankServer) -> None:
    server.how = "hang"
    async with client("jina", server.url) as reranker:
        asking = asyncio.create_task(reranker.rerank("Where?", TEXTS))
        await server.until("live")
        asking.cancel()
        await asyncio.wait({asking}, timeout=10)
        assert asking.cancelled()
        await server.until("abandoned")


async def test_the_environments_proxy_is_used(
    server: RerankServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, _ = await read_request(reader)
        asked.append(head.split(b"\r\n")[0])
        writer.write(b"HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        await reader.read(1)

    async with raw_server(proxy) as port:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        async with client("jina", "http://reranker.example") as reranker:
            with pytest.raises(RerankError, match="status 503"):
                await reranker.rerank("Where?", TEXTS)
    assert asked == [b"POST http://reranker.example/v1/rerank HTTP/1.1"]


def test_without_an_address_there_is_none() -> None:
    assert build_reranker(load_settings(rerank_model="m", rerank_key="k")) is None


def test_only_one_api_needs_no_model() -> None:
    for api in ("cohere", "jina", "voyage"):
        with pytest.raises(SettingsError, match=f"RAG_RERANK_MODEL: expected .* is {api!r}"):
            build_reranker(load_settings(rerank_url="http://h", rerank_api=api))
    tei = build_reranker(load_settings(rerank_url="http://h", rerank_api="tei"))
    assert tei is not None
    assert tei.model is None


def test_an_address_without_a_host_names_the_variable() -> None:
    with pytest.raises(SettingsError, match="RAG_RERANK_URL: expected an address with a host"):
        build_reranker(load_settings(rerank_url="http:///rerank", rerank_model="m"))


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nx: ",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"[" * 30_000_000),
    ],
)
async def test_an_answer_without_an_end_is_none(head: bytes) -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(head)
        for _ in range(1_000):
            writer.write(b"a" * 65_536)
            await writer.drain()

    async with raw_server(endless) as port, client("tei", f"http://127.0.0.1:{port}") as reranker:
        with pytest.raises(RerankError, match="^it (sent a body of more|gave no answer)"):
            await reranker.rerank("Where?", TEXTS)
