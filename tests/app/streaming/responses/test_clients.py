"""Clients that are slow, take nothing, or leave."""

import asyncio

import pytest

from rag_stream.errors import RagError
from tests.support.asgi_ends import (
    ERROR_EVENT,
    Client,
    Source,
    respond,
    stream,
)


async def test_a_client_that_takes_nothing_is_given_up(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    source = Source(b"1", b"2", b"3")
    client.reads.clear()
    await respond(stream(source, send_s=0.02), client)
    assert source.closed
    assert "run run left: its client takes nothing" in caplog.text


async def test_so_is_one_that_does_not_even_take_the_error(client: Client) -> None:
    release = asyncio.Event()
    source = Source(b"1", release, RagError("broken"))
    running = asyncio.create_task(respond(stream(source, send_s=0.02), client))
    await client.until(2)
    client.reads.clear()
    release.set()
    await running
    assert not client.has_clean_end


async def test_a_slow_client_is_not_given_up_while_it_takes_something(client: Client) -> None:
    source = Source(*[b"1"] * 10)

    async def sip() -> None:
        while True:
            client.reads.clear()
            await asyncio.sleep(0.02)
            client.reads.set()
            await asyncio.sleep(0)

    sipping = asyncio.create_task(sip())
    await respond(stream(source, send_s=2), client)
    sipping.cancel()
    await asyncio.gather(sipping, return_exceptions=True)
    assert client.bodies == [b"1"] * 10 + [b""]


async def test_an_error_after_the_first_event_is_the_last_event(client: Client) -> None:
    source = Source(b"1", b"2", RagError("the model broke off"), b"3")
    await respond(stream(source), client)
    assert client.status == 200
    assert client.bodies == [b"1", b"2", ERROR_EVENT, b""]
    assert client.has_clean_end
    assert source.closed


@pytest.mark.parametrize("before", [0, 1])
async def test_a_client_that_leaves_stops_the_stream(client: Client, before: int) -> None:
    source = Source(*[b"1"] * before, asyncio.Event(), b"2")
    running = asyncio.create_task(respond(stream(source), client))
    await source.waiting.wait()
    client.left.set()
    await running
    assert source.closed
    assert b"2" not in client.bodies
    assert not client.sent or client.sent[-1]["more_body"]  # told nothing more


async def test_a_slow_client_slows_the_source_down(client: Client) -> None:
    source = Source(b"1", b"2", b"3")
    client.reads.clear()
    running = asyncio.create_task(respond(stream(source), client))
    for _ in range(50):
        await asyncio.sleep(0)
    assert source.given == 1  # no heap of events for a client that does not read
    client.reads.set()
    await running
    assert client.bodies == [b"1", b"2", b"3", b""]


async def test_a_client_that_stops_reading_and_leaves_stops_the_stream(client: Client) -> None:
    source = Source(b"1", b"2", b"3")
    running = asyncio.create_task(respond(stream(source), client))
    await client.until(1)
    client.reads.clear()
    for _ in range(10):
        await asyncio.sleep(0)
    client.left.set()
    await running
    assert source.closed
    assert source.given < 4
