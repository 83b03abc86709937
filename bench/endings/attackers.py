"""A thousand connections that mean no good, from several addresses: half of everything.

`python -m bench.endings.attackers PORT COUNT SEED`: prints `open` once all are there, then goes on
until it is ended; who is thrown out comes again. A process of its own, so that its work is not
taken for the service's.
"""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable

import uvloop

from bench.driver import allow_many_connections
from bench.endings.client import Client, ask, request

ADDRESSES = 16
"""127.0.1.1 and the next: one alone may not have as many connections."""
PAUSE_S = 1.0
AT_ONCE = 50
"""Connections that are being opened; more of them fail at the kernel, not at the service."""

Act = Callable[[Client, random.Random], Awaitable[None]]


async def _says_nothing(client: Client, _: random.Random) -> None:
    await client.until(lambda: client.is_closed, 3600)


async def _stops_in_a_head(client: Client, _: random.Random) -> None:
    client.send(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-More:")
    await client.until(lambda: client.is_closed, 3600)


async def _drips_a_head(client: Client, _: random.Random) -> None:
    client.send(b"POST /rag/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    while not client.is_closed:
        client.send(b"X-A: b\r\n")
        await asyncio.sleep(PAUSE_S)


async def _stops_in_a_body(client: Client, _: random.Random) -> None:
    client.send(ask("What is retrieval?")[:-5])
    await client.until(lambda: client.is_closed, 3600)


async def _drips_a_body(client: Client, _: random.Random) -> None:
    client.send(request("POST", "/rag/stream", headers={"content-length": "900000"}))
    while not client.is_closed:
        client.send(b" ")
        await asyncio.sleep(PAUSE_S)


async def _sends_large_heads(client: Client, _: random.Random) -> None:
    client.send(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: " + b"a" * 100_000)
    await client.until(lambda: client.is_closed, 3600)


async def _sends_nonsense(client: Client, chance: random.Random) -> None:
    client.send(chance.randbytes(2_000))
    await client.until(lambda: client.is_closed, 3600)


async def _never_reads(client: Client, chance: random.Random) -> None:
    client.stop_reading()
    client.send(ask(f"What is flooding, {chance.random()}? fault:flood"))
    await asyncio.sleep(30)


async def _asks_and_leaves(client: Client, chance: random.Random) -> None:
    client.send(ask(f"Who leaves, {chance.random()}? fault:paced:40", goes_on=True))
    await asyncio.sleep(0.05 + chance.random())


_ACTS: dict[Act, int] = {
    _says_nothing: 20,
    _stops_in_a_head: 20,
    _drips_a_head: 15,
    _stops_in_a_body: 15,
    _drips_a_body: 15,
    _sends_large_heads: 5,
    _sends_nonsense: 8,
    _never_reads: 1,
    _asks_and_leaves: 1,
}


async def keep_open(port: int, count: int, seed: int) -> None:
    """Open so many connections and keep that up."""
    chance = random.Random(seed)
    turns = asyncio.Semaphore(AT_ONCE)
    acts, weights = zip(*_ACTS.items(), strict=True)
    chosen = chance.choices(acts, weights, k=count)
    missing = set(range(count))

    async def one(number: int, act: Act) -> None:
        own = random.Random(seed + number)
        source = (f"127.0.1.{1 + number % ADDRESSES}", 0)
        while True:
            try:
                async with turns:
                    client = await Client.connect(
                        ("127.0.0.1", port), small_buffer=act is _never_reads, source=source
                    )
            except OSError:
                await asyncio.sleep(PAUSE_S)
                continue
            missing.discard(number)
            if not missing:
                missing.add(-1)
                print("open", flush=True)
            await act(client, own)
            client.leave()
            await asyncio.sleep(PAUSE_S * own.random())

    await asyncio.gather(*(one(number, act) for number, act in enumerate(chosen)))


if __name__ == "__main__":
    allow_many_connections()
    uvloop.run(keep_open(*map(int, sys.argv[1:4])))
