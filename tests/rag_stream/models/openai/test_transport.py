"""The official client over our own connections."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai
import pytest

from rag_stream.http.response import BrokenOffError, ConnectFailedError, HttpError, TimedOutError
from rag_stream.models.openai.transport import ARRIVALS, PoolTransport, translated
from tests.support.openai_server import OpenAIServer
from tests.support.raw_server import raw_server, read_request

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with openai.DefaultAsyncHttpxClient(transport=PoolTransport()) as client:
        yield client


def client_for(port: int, http: Any, **options: Any) -> openai.AsyncOpenAI:
    url = f"http://127.0.0.1:{port}/v1"
    return openai.AsyncOpenAI(api_key="sk-x", base_url=url, http_client=http, **options)


async def test_requests_are_the_clients_own_byte_for_byte(openai_server: OpenAIServer) -> None:
    async with (
        openai.DefaultAsyncHttpxClient(transport=PoolTransport()) as ours,
        openai.DefaultAsyncHttpxClient() as theirs,
    ):
        for http in (ours, theirs):
            client = openai.AsyncOpenAI(
                api_key="sk-x", base_url=openai_server.url, http_client=http
            )
            await client.embeddings.create(input="a", model="m")
    first, second = openai_server.embeddings
    assert first.body == second.body
    assert first.headers == second.headers


async def test_the_client_asks_again_after_failures_as_it_always_does(
    openai_server: OpenAIServer, http: httpx2.AsyncClient
) -> None:
    openai_server.once(status=500)
    client = openai.AsyncOpenAI(api_key="sk-x", base_url=openai_server.url, http_client=http)
    answer = await client.embeddings.create(input="a", model="m")
    assert len(answer.data) == 1
    assert len(openai_server.embeddings) == 2


async def test_a_compressed_answer_is_read(http: httpx2.AsyncClient) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, _ = await read_request(reader)
        assert b"gzip" in head
        body = gzip.compress(b'{"object": "list", "data": [{"id": "m"}]}')
        writer.write(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body))
        writer.write(body)
        await writer.drain()

    async with raw_server(answer) as port:
        page = await client_for(port, http).models.list()
    assert [model.id for model in page.data] == ["m"]


async def test_a_redirect_is_followed(http: httpx2.AsyncClient) -> None:
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            head, _ = await read_request(reader)
            asked.append(head.split()[1])
            if len(asked) == 1:
                writer.write(
                    b"HTTP/1.1 307 Go\r\nLocation: /v2/models\r\nContent-Length: 0\r\n\r\n"
                )
            else:
                writer.write(HEAD + b'Content-Length: 12\r\n\r\n{"data": []}')

    async with raw_server(answer) as port:
        assert (await client_for(port, http).models.list()).data == []
    assert asked == [b"/v1/models", b"/v2/models"]


@pytest.mark.parametrize(
    "sent", [None, b"", b"nonsense\r\n\r\n", HEAD + b"Content-Length: 9\r\n\r\n{"]
)
async def test_failures_are_the_clients_own(http: httpx2.AsyncClient, sent: bytes | None) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(sent or b"")
        await writer.drain()

    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        async with raw_server(answer) as port:
            port = nobody.getsockname()[1] if sent is None else port
            with pytest.raises(openai.APIConnectionError):
                await client_for(port, http, max_retries=0).models.list()


async def test_silence_is_the_clients_timeout(http: httpx2.AsyncClient) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        await reader.read()

    async with raw_server(silent) as port:
        with pytest.raises(openai.APITimeoutError):
            await client_for(port, http, max_retries=0, timeout=0.05).models.list()


async def test_the_answer_is_there_as_it_arrives(
    openai_server: OpenAIServer, http: httpx2.AsyncClient
) -> None:
    request = http.build_request("GET", f"{openai_server.url}/models")
    response = await http.send(request, stream=True)
    try:
        assert b"".join([await response.extensions[ARRIVALS].arrived()]).startswith(b"{")
    finally:
        await response.aclose()


async def test_other_schemes_are_refused(http: httpx2.AsyncClient) -> None:
    with pytest.raises(httpx2.UnsupportedProtocol, match="expected http or https, got 'ftp'"):
        await http.get("ftp://127.0.0.1/")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimedOutError("x"), httpx2.ReadTimeout),
        (TimedOutError("x", connecting=True), httpx2.ConnectTimeout),
        (ConnectFailedError("x"), httpx2.ConnectError),
        (BrokenOffError("x"), httpx2.RemoteProtocolError),
    ],
)
def test_every_failure_has_a_name_there(error: HttpError, kind: type[Exception]) -> None:
    assert type(translated(error)) is kind
