"""Places for responses, and responses that are stopped."""

import asyncio

import pytest
from starlette.responses import Response
from starlette.types import Message

from app.errors import OverloadedError, ShuttingDownError
from app.lifecycle.admission import Admission
from app.lifecycle.limits import Limits
from app.streaming.batches import LastBatch
from rag_stream.errors import RagError
from tests.support.asgi_ends import (
    ERROR_EVENT,
    Client,
    Source,
    Step,
    computed,
    respond,
    stream,
)


async def test_where_there_is_no_place_nothing_is_begun(client: Client) -> None:
    admission, source = Admission(lambda: Limits.to(1)), Source(b"1")
    with admission.admit(["other"], "caller"):
        await respond(stream(source, admission), client)
        assert client.status == 503
        assert client.bodies[0].startswith(OverloadedError.__name__.encode())
        client.sent.clear()

        async def compute() -> Response:
            raise AssertionError("there is no place for it")

        await respond(computed(compute, admission), client)
        assert client.status == 503
    assert source.given == 0
    assert admission.count == 0


async def test_a_place_is_given_back(client: Client) -> None:
    admission = Admission(lambda: Limits.to(1))
    for source in (Source(b"1"), Source(RagError("no")), Source(b"1", RagError("no"))):
        await respond(stream(source, admission), client)
        assert admission.count == 0


@pytest.mark.parametrize("before", [0, 1])
async def test_a_stream_that_is_stopped_says_why(client: Client, before: int) -> None:
    admission = Admission(lambda: Limits.to(1))
    source = Source(*[b"1"] * before, asyncio.Event())
    running = asyncio.create_task(respond(stream(source, admission), client))
    await source.waiting.wait()
    admission.stop_all(ShuttingDownError("over"))
    await running
    assert source.closed
    if before:
        assert client.bodies == [b"1", ERROR_EVENT, b""]
        assert client.has_clean_end
    else:
        assert (client.status, client.bodies) == (503, [b"ShuttingDownError: over"])


async def test_computing_that_is_stopped_says_why(client: Client) -> None:
    admission, begun = Admission(lambda: Limits.to(1)), asyncio.Event()

    async def compute() -> Response:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody waits for this")

    running = asyncio.create_task(respond(computed(compute, admission), client))
    await begun.wait()
    admission.stop_all(ShuttingDownError("over"))
    await running
    assert (client.status, client.bodies) == (503, [b"ShuttingDownError: over"])


async def test_nothing_is_waited_for_after_the_end(client: Client) -> None:
    source = Source(b"1", LastBatch([b"2"]), asyncio.Event())
    await respond(stream(source), client)
    assert client.bodies == [b"1", b"2", b""]
    assert source.closed


@pytest.mark.parametrize("how", ["end", "error"])
async def test_an_end_that_is_being_told_is_not_stopped(how: str) -> None:
    """Neither does a stop then add a second end, nor does it take the first one away."""

    class Slow(Client):
        async def send(self, message: Message) -> None:
            if message.get("body") in (b"2", ERROR_EVENT):
                blocked.set()
                await go.wait()
            await super().send(message)

    client, admission = Slow(), Admission(lambda: Limits.to(1))
    blocked, go = asyncio.Event(), asyncio.Event()
    last: Step = LastBatch([b"2"]) if how == "end" else RagError("broken")
    running = asyncio.create_task(respond(stream(Source(b"1", last), admission), client))
    await blocked.wait()
    admission.stop_all(ShuttingDownError("over"))
    go.set()
    await running
    assert client.bodies == [b"1", b"2" if how == "end" else ERROR_EVENT, b""]
    assert client.has_clean_end
