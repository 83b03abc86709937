"""How a stream of events begins, and ends cleanly."""

import asyncio

from starlette.responses import Response

from app.streaming.batches import Batch, EarlyBatch, LastBatch
from app.streaming.sse import PING
from rag_stream.errors import RagError
from tests.support.asgi_ends import (
    ERROR_EVENT,
    Client,
    Source,
    respond,
    stream,
)


async def test_a_stream_is_sent_event_by_event_and_ends_cleanly(client: Client) -> None:
    source = Source(b"1", b"2", b"3")
    await respond(stream(source), client)
    assert client.status == 200
    assert client.bodies == [b"1", b"2", b"3", b""]
    assert client.has_clean_end
    assert source.closed


async def test_a_stream_is_neither_cached_nor_buffered_nor_changed_on_its_way(
    client: Client,
) -> None:
    await respond(stream(Source(b"1")), client)
    assert dict(client.sent[0]["headers"]) == {
        b"content-type": b"text/event-stream; charset=utf-8",
        b"cache-control": b"no-cache, no-transform",
        b"x-accel-buffering": b"no",
    }


async def test_an_event_is_on_its_way_before_the_next_is_made(client: Client) -> None:
    release = asyncio.Event()
    running = asyncio.create_task(respond(stream(Source(b"1", release, b"2")), client))
    await client.until(2)
    assert client.bodies == [b"1"]
    release.set()
    await running
    assert client.bodies == [b"1", b"2", b""]


async def test_an_error_before_the_first_event_is_an_http_error(client: Client) -> None:
    source = Source(RagError("nothing ingested"), b"1")
    await respond(stream(source), client)
    assert client.status == 503
    assert client.bodies == [b"RagError: nothing ingested"]
    assert source.closed


async def test_a_stream_of_nothing_is_an_empty_one(client: Client) -> None:
    await respond(stream(Source()), client)
    assert (client.status, b"".join(client.bodies)) == (200, b"")
    assert client.has_clean_end


async def test_a_stream_of_nothing_may_have_a_response_of_its_own(client: Client) -> None:
    await respond(stream(Source(), empty=Response(status_code=204)), client)
    assert client.status == 204


async def test_early_events_wait_until_the_model_has_accepted(client: Client) -> None:
    release = asyncio.Event()
    source = Source(EarlyBatch([b"1", b"2"]), EarlyBatch([b"3"]), release, Batch(), release, b"4")
    running = asyncio.create_task(respond(stream(source), client))
    await source.waiting.wait()
    assert client.sent == []
    release.set()
    await client.until(2)
    assert client.bodies[0] == b"123"
    await running
    assert client.bodies == [b"123", b"4", b""]


async def test_an_error_after_early_events_is_an_http_error(client: Client) -> None:
    source = Source(EarlyBatch([b"1"]), RagError("the model refused"))
    await respond(stream(source), client)
    assert client.status == 503
    assert client.bodies == [b"RagError: the model refused"]


async def test_early_events_alone_are_sent_at_the_end(client: Client) -> None:
    await respond(stream(Source(EarlyBatch([b"1"]), LastBatch([b"2"]))), client)
    assert client.bodies == [b"12", b""]
    client.sent.clear()
    await respond(stream(Source(EarlyBatch([b"1"]))), client)
    assert client.bodies == [b"1", b""]


async def test_a_response_begins_in_time_with_what_there_is(client: Client) -> None:
    release = asyncio.Event()
    source = Source(
        EarlyBatch([b"1"]), release, EarlyBatch([b"2"]), RagError("too late for a status")
    )
    running = asyncio.create_task(respond(stream(source, first_byte_s=0.01), client))
    await client.until(2)
    assert (client.status, client.bodies) == (200, [b"1"])
    release.set()
    await running
    assert client.bodies == [b"1", b"2", ERROR_EVENT, b""]
    assert client.has_clean_end


async def test_a_response_that_begins_with_nothing_begins_with_a_ping(client: Client) -> None:
    release = asyncio.Event()
    running = asyncio.create_task(respond(stream(Source(release, b"1"), first_byte_s=0.01), client))
    await client.until(2)
    release.set()
    await running
    assert client.bodies == [PING, b"1", b""]


async def test_a_response_that_is_held_does_not_begin_though_it_is_time(client: Client) -> None:
    release, asked = asyncio.Event(), asyncio.Event()

    def is_held() -> bool:
        asked.set()
        return True

    source = Source(EarlyBatch([b"1"]), release, RagError("it is another's turn"))
    held = stream(source, first_byte_s=0.01, is_held=is_held)
    running = asyncio.create_task(respond(held, client))
    await asked.wait()
    release.set()
    await running
    assert client.status == 503
