"""Names with several addresses, some of them dead; over real sockets, none of which is left."""

import gc
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from functools import partial

import httpcore
import pytest

from ingest.sources.backend import CheckedBackend, PrivateAddressError
from rag_stream.http.happy_eyeballs import Address
from tests.support.addresses import Names, open_sockets, run_on, v4, v6
from tests.support.cancelled import cancelled_after
from tests.support.deaf import deaf_listener

AN_HOUR_S = 3600.0
PORT = 80
A, B, C = v4(PORT, "93.184.216.34"), v4(PORT, "8.8.8.8"), v4(PORT, "1.1.1.1")
SIX, ANOTHER_SIX = v6(PORT, "2606:4700::1111"), v6(PORT, "2606:4700::1001")
PRIVATE = v4(PORT, "10.0.0.1")

Run = Callable[[Callable[[], Awaitable[None]]], None]


@pytest.fixture
def run() -> Iterator[Run]:
    """Runs a coroutine, and looks that no socket is left open."""
    before = open_sockets()
    yield partial(run_on, "asyncio")
    gc.collect()
    assert open_sockets() == before


@pytest.fixture
def ports() -> Iterator[dict[str, int]]:
    """Of this machine: one that answers, one that refuses, one that no packet seems to reach."""
    with ExitStack() as stack:
        live = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=100))
        refusing = stack.enter_context(socket.socket())
        refusing.bind(("127.0.0.1", 0))
        deaf = stack.enter_context(deaf_listener())
        yield {
            "live": live.getsockname()[1],
            "refusing": refusing.getsockname()[1],
            "deaf": deaf,
        }


class Roads(httpcore.AsyncNetworkBackend):
    """Connects every address to a port of this machine; keeps which ones were asked for."""

    def __init__(self, ports: dict[str, int], roads: dict[Address, str]) -> None:
        self._ports = {address[4][0]: ports[road] for address, road in roads.items()}
        self._inner = httpcore.AnyIOBackend()
        self.asked: list[str] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        *rest: object,
        **more: object,
    ) -> httpcore.AsyncNetworkStream:
        assert port == PORT
        self.asked.append(host)
        return await self._inner.connect_tcp("127.0.0.1", self._ports[host], timeout)


def words(*addresses: Address) -> list[str]:
    return [address[4][0] for address in addresses]


async def connect(backend: CheckedBackend, within_s: float = 5.0) -> None:
    stream = await backend.connect_tcp("a.example", PORT, within_s)
    await stream.aclose()


def test_dead_addresses_do_not_take_up_the_time_to_connect(run: Run, ports: dict[str, int]) -> None:
    async def main() -> None:
        roads = Roads(ports, {SIX: "deaf", A: "deaf", ANOTHER_SIX: "deaf", B: "live"})
        backend = CheckedBackend(roads, Names(SIX, ANOTHER_SIX, A, B), typed=False)
        await connect(backend)
        assert roads.asked == words(SIX, A, ANOTHER_SIX, B)

    run(main)


def test_a_refused_address_is_followed_at_once_and_the_other_one_remembered(
    run: Run, ports: dict[str, int]
) -> None:
    async def main() -> None:
        roads = Roads(ports, {A: "refusing", B: "live", C: "deaf"})
        names = Names(A, B)
        backend = CheckedBackend(roads, names, typed=False, attempt_delay_s=AN_HOUR_S)
        for _ in range(2):
            await connect(backend)
        names.addresses = (C, A, B)
        await connect(backend)
        assert roads.asked == words(A, B, B, B)

    run(main)


def test_what_is_remembered_is_checked_again(run: Run, ports: dict[str, int]) -> None:
    async def main() -> None:
        roads = Roads(ports, {PRIVATE: "live", A: "live"})
        names = Names(PRIVATE)
        backend = CheckedBackend(roads, names, typed=True)
        await connect(backend)
        names.addresses = (A,)
        await connect(backend)  # it is public from here on
        names.addresses = (A, PRIVATE)
        await connect(backend)
        names.addresses = (PRIVATE,)
        with pytest.raises(PrivateAddressError):
            await connect(backend)
        assert roads.asked == words(PRIVATE, A, A)

    run(main)


def test_no_private_address_takes_part(run: Run, ports: dict[str, int]) -> None:
    async def main() -> None:
        roads = Roads(ports, {A: "deaf", PRIVATE: "live"})
        names = Names(PRIVATE, A)
        backend = CheckedBackend(roads, names, typed=False, attempt_delay_s=0.0)
        with pytest.raises(httpcore.ConnectTimeout):
            await connect(backend, 0.1)
        assert roads.asked == words(A)

    run(main)


def test_all_addresses_refused_and_none_at_all_are_connect_errors(
    run: Run, ports: dict[str, int]
) -> None:
    async def main() -> None:
        roads = Roads(ports, {A: "refusing", B: "refusing"})
        for names in (Names(A, B), Names()):
            with pytest.raises(httpcore.ConnectError):
                await connect(CheckedBackend(roads, names, typed=False))

    run(main)


def test_a_cancellation_ends_all_attempts_at_every_step_and_is_not_lost(
    run: Run, ports: dict[str, int]
) -> None:
    async def main() -> None:
        roads = Roads(ports, {A: "deaf", B: "live", C: "live"})
        has_connected = False
        for steps in range(60):
            backend = CheckedBackend(roads, Names(A, B, C), typed=False, attempt_delay_s=0.0)
            asking = await cancelled_after(steps, backend.connect_tcp("a.example", PORT, 5.0))
            if not asking.cancelled():
                has_connected = True
                await asking.result().aclose()
        assert has_connected

    run(main)
