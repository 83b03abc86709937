"""The short way to OpenAI against the official client's own."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import openai
import pytest

from rag_stream.models.openai.replay import OpenAIPost
from rag_stream.models.openai.transport import PooledClient
from tests.support.openai_server import OpenAIServer
from tests.support.raw_server import raw_server, read_request

BODY = {"input": ["a"], "model": "m", "encoding_format": "base64"}
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
async def http() -> AsyncIterator[PooledClient]:
    async with PooledClient(httpx2.Timeout(30.0)) as client:
        yield client


def post_to(url: str, http: PooledClient, **options: Any) -> OpenAIPost:
    client = openai.AsyncOpenAI(api_key="sk-x", base_url=url, http_client=http, **options)
    return OpenAIPost(client, "/embeddings", http)


async def test_requests_are_the_clients_own_but_for_their_body(
    openai_server: OpenAIServer, http: PooledClient
) -> None:
    post = post_to(openai_server.url, http)
    for text in ("a", "ä \u2028", "long " * 500):
        await post.json({**BODY, "input": [text]})
    official = openai.AsyncOpenAI(api_key="sk-x", base_url=openai_server.url, http_client=http)
    await official.embeddings.with_streaming_response.create(
        input=["long " * 500], model="m", encoding_format="base64"
    ).__aenter__()
    first, second, third, theirs = openai_server.embeddings
    assert [call.body["input"] for call in (first, second)] == [["a"], ["ä \u2028"]]
    assert third.body == theirs.body
    assert third.headers == theirs.headers
    lengthless = [
        {k: v for k, v in call.headers.items() if k.lower() != "content-length"}
        for call in (first, second)
    ]
    assert lengthless[0] == lengthless[1]


Answer = Callable[[int], bytes]


class Server:
    """Answers the numbered requests as told."""

    def __init__(self, answer: Answer) -> None:
        self.asked: list[bytes] = []
        self._answer = answer

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head, _ = await read_request(reader)
            self.asked.append(head)
            wire = self._answer(len(self.asked))
            writer.write(wire)
            await writer.drain()
            if not wire.endswith(b"}"):
                return


def failing(wire: bytes, *, times: int) -> Answer:
    """After a first success, so many failures."""
    return lambda number: wire if 1 < number <= 1 + times else OK


STATUS = b"HTTP/1.1 %s\r\nContent-Length: 2\r\nRetry-After: 0\r\n\r\n{}"
BROKEN = [b"", b"nonsense\r\n\r\n", OK[:-1]]


@pytest.mark.parametrize("wire", [STATUS % b"500 Oh", STATUS % b"429 Later", *BROKEN])
async def test_a_failure_is_tried_again_as_often_as_the_client_does(
    http: PooledClient, wire: bytes
) -> None:
    server = Server(failing(wire, times=2))
    async with raw_server(server) as port:
        post = post_to(f"http://127.0.0.1:{port}/v1", http, max_retries=2)
        await post.json(BODY)
        asked = len(server.asked)
        assert await post.json(BODY) == {}
    tries = server.asked[asked:]
    counts = [head.lower().split(b"x-stainless-retry-count: ")[1][:1] for head in tries]
    if wire in BROKEN[:2]:
        # A connection that ends without an answer may just have been idle for too long.
        assert counts[-1] in (b"1", b"2")
    else:
        assert counts == [b"0", b"1", b"2"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (b"400 No", openai.BadRequestError),
        (b"401 Who", openai.AuthenticationError),
        (b"429 Later", openai.RateLimitError),
        (b"503 Down", openai.InternalServerError),
    ],
)
async def test_errors_are_the_clients_own(
    http: PooledClient, status: bytes, error: type[Exception]
) -> None:
    server = Server(failing(STATUS % status, times=10))
    async with raw_server(server) as port:
        post = post_to(f"http://127.0.0.1:{port}/v1", http, max_retries=1)
        await post.json(BODY)
        with pytest.raises(error):
            await post.json(BODY)
    retried = status[:1] != b"4" or status.startswith(b"429")
    assert len(server.asked) == (3 if retried else 2)


async def test_a_server_that_has_gone_is_the_clients_connection_error(http: PooledClient) -> None:
    async with raw_server(Server(lambda number: OK)) as port:
        post = post_to(f"http://127.0.0.1:{port}/v1", http, max_retries=0)
        await post.json(BODY)
    with pytest.raises(openai.APIConnectionError):
        await post.json(BODY)


async def test_silence_is_the_clients_timeout(http: PooledClient) -> None:
    server = Server(lambda number: OK if number == 1 else b"HTTP/1.1 200 OK\r\nA: }")
    async with raw_server(server) as port:
        post = post_to(f"http://127.0.0.1:{port}/v1", http, max_retries=0, timeout=0.1)
        await post.json(BODY)
        with pytest.raises(openai.APITimeoutError):
            await post.json(BODY)


async def test_a_redirect_is_followed(http: PooledClient) -> None:
    moved = b"HTTP/1.1 307 Go\r\nLocation: /elsewhere\r\nContent-Length: 2\r\n\r\n{}"
    server = Server(failing(moved, times=1))
    async with raw_server(server) as port:
        post = post_to(f"http://127.0.0.1:{port}/v1", http)
        await post.json(BODY)
        assert await post.json(BODY) == {}
    assert [head.split()[1] for head in server.asked[1:]] == [b"/v1/embeddings", b"/elsewhere"]


async def test_a_compressed_answer_is_read(http: PooledClient) -> None:
    body = gzip.compress(b"{}") + b"}"  # the brace ends the support server's answer, not gzip's
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    server = Server(lambda number: head % (len(body) - 1) + body)
    async with raw_server(server) as port:
        post = post_to(f"http://127.0.0.1:{port}/v1", http)
        for _ in range(2):
            assert await post.json(BODY) == {}


async def test_a_cancelled_request_ends_at_once(http: PooledClient) -> None:
    server = Server(lambda number: OK if number == 1 else b"HTTP/1.1 200 OK\r\nA: }")
    async with raw_server(server) as port:
        post = post_to(f"http://127.0.0.1:{port}/v1", http)
        await post.json(BODY)
        asking = asyncio.create_task(post.json(BODY))
        while len(server.asked) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert len(server.asked) == 2
