"""Both event loops, and addresses where nobody answers."""

import gc
import socket
from collections.abc import Iterator
from functools import partial

import pytest

from rag_stream.http.happy_eyeballs import Address
from tests.support.addresses import open_sockets, run_on, v6
from tests.support.asked_by_name import Run
from tests.support.deaf import deaf_listener


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """Runs a coroutine on either loop, and looks that no socket is left open."""
    before = open_sockets()
    yield partial(run_on, request.param)
    gc.collect()
    assert open_sockets() == before


@pytest.fixture
def deaf() -> Iterator[Address]:
    """An IPv6 address that no packet seems to reach."""
    with deaf_listener("::1") as port:
        yield v6(port)


@pytest.fixture
def refusing() -> Iterator[Address]:
    with socket.socket(socket.AF_INET6) as nobody:
        nobody.bind(("::1", 0))
        yield v6(nobody.getsockname()[1])
