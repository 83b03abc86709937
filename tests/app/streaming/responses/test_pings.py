"""Silence is filled with pings."""

import asyncio
from collections.abc import AsyncGenerator
from itertools import pairwise

from app.streaming.batches import Batch
from app.streaming.sse import PING
from rag_stream.errors import RagError
from tests.support.asgi_ends import (
    Client,
    Source,
    respond,
    stream,
)


async def test_silence_is_filled_with_pings(client: Client) -> None:
    release = asyncio.Event()
    source = Source(b"1", release, b"2")
    running = asyncio.create_task(respond(stream(source, ping_s=0.01), client))
    await client.until(4)
    release.set()
    await running
    first, *pings, last, end = client.bodies
    assert (first, last, end) == (b"1", b"2", b"")
    assert len(pings) >= 2
    assert set(pings) == {PING}
    assert client.has_clean_end


async def test_a_ping_comes_only_after_silence(client: Client) -> None:
    ping_s = 0.3

    async def events() -> AsyncGenerator[Batch, None]:
        for pause in (0.1, 0.1, 0.1, 0.1, 0.4, 0.1):
            yield Batch([b"1"])
            await asyncio.sleep(pause)

    source = Source()
    source.events = events()
    await respond(stream(source, ping_s=ping_s), client)
    arrived = list(zip(client.sent[1:], client.times[1:], strict=True))
    gaps = [
        at - before for (_, before), (message, at) in pairwise(arrived) if message["body"] == PING
    ]
    assert gaps
    # Half, because a busy machine may delay the note of the time, never the ping's rule.
    assert min(gaps) > ping_s / 2


async def test_no_ping_before_the_response_has_begun(client: Client) -> None:
    release = asyncio.Event()
    source = Source(release, RagError("nothing ingested"))
    running = asyncio.create_task(respond(stream(source, ping_s=0.001), client))
    await asyncio.sleep(0.02)
    assert client.sent == []
    release.set()
    await running
    assert client.status == 503


async def test_no_ping_after_the_end(client: Client) -> None:
    await respond(stream(Source(b"1"), ping_s=0.001), client)
    count = len(client.sent)
    await asyncio.sleep(0.02)
    assert len(client.sent) == count
    assert client.has_clean_end
