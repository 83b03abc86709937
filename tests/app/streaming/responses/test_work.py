"""Work that ends with the connection."""

import asyncio

import pytest
from starlette.responses import Response
from starlette.types import Message

from app.streaming.responses import while_connected
from rag_stream.errors import RagError
from tests.support.asgi_ends import (
    Client,
    computed,
    respond,
)


async def test_work_gives_its_result(client: Client) -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert await while_connected(client.receive, work()) == 7


async def test_work_gives_its_error(client: Client) -> None:
    async def work() -> None:
        raise RagError("no such luck")

    with pytest.raises(RagError, match="no such luck"):
        await while_connected(client.receive, work())


async def test_work_is_cancelled_when_the_client_leaves(client: Client) -> None:
    ended = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    running = asyncio.create_task(while_connected(client.receive, work()))
    await asyncio.sleep(0)
    client.left.set()
    assert await running is None
    assert ended == [True]  # waited for, not only told to stop


async def test_work_is_cancelled_with_the_request(client: Client) -> None:
    started, ended = asyncio.Event(), []

    async def work() -> None:
        try:
            started.set()
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    running = asyncio.create_task(while_connected(client.receive, work()))
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended == [True]


async def test_only_a_disconnect_counts_as_leaving(client: Client) -> None:
    late = [{"type": "http.request", "body": b"", "more_body": False}] * 3

    all_read = asyncio.Event()

    async def receive() -> Message:
        if not late:
            all_read.set()
            return await client.receive()
        return late.pop()

    async def work() -> str:
        await all_read.wait()
        return "done"

    assert await while_connected(receive, work()) == "done"


async def test_a_computed_response_is_sent(client: Client) -> None:
    async def compute() -> Response:
        return Response("answer", 201)

    await respond(computed(compute), client)
    assert client.status == 201
    assert client.bodies == [b"answer"]


async def test_nothing_is_computed_for_a_client_that_has_left(client: Client) -> None:
    begun = asyncio.Event()

    async def compute() -> Response:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody waits for this")

    running = asyncio.create_task(respond(computed(compute), client))
    await begun.wait()
    client.left.set()
    await running
    assert client.sent == []
