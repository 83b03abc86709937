"""Taking the signals and giving them back."""

import asyncio
import signal
import subprocess
import sys
import threading

import pytest

from app.lifecycle.admission import Admission
from app.lifecycle.shutdown import SIGNALS, Shutdown
from tests.support.paths import ROOT
from tests.support.signalled import TERM, Server, installed, some_time, until


async def test_the_signals_are_given_back(admission: Admission, server: Server) -> None:
    async with installed(admission):
        for number in SIGNALS:
            assert signal.getsignal(number) != server.on_signal
    for number in SIGNALS:
        assert signal.getsignal(number) == server.on_signal
    signal.raise_signal(TERM)
    assert server.told == [(TERM, 0)]
    assert not admission.is_closed


async def test_giving_them_back_twice_does_no_harm(admission: Admission, server: Server) -> None:
    async with installed(admission) as shutdown:
        await shutdown.aclose()
        mine = lambda number, frame: None  # noqa: E731
        signal.signal(TERM, mine)
    assert signal.getsignal(TERM) is mine


async def test_an_application_that_ends_meanwhile_waits_for_nobody(
    admission: Admission, server: Server
) -> None:
    ticket = admission.admit(["a"], "me")
    async with installed(admission):
        signal.raise_signal(TERM)
        await until(lambda: admission.is_closed)
        await some_time()
    ticket.leave()
    await some_time()
    assert server.told == [], "it is ending already"
    assert signal.getsignal(TERM) == server.on_signal


async def test_a_shutdown_that_was_never_installed_can_be_closed(
    admission: Admission, server: Server
) -> None:
    await Shutdown(admission, 60).aclose()
    assert signal.getsignal(TERM) == server.on_signal


def test_in_another_thread_the_signals_are_not_ours_to_take(
    admission: Admission, server: Server
) -> None:
    handlers: list[object] = []

    async def run() -> None:
        async with installed(admission):
            handlers.extend(signal.getsignal(number) for number in SIGNALS)

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    thread.join(10)
    assert handlers == [server.on_signal] * 2
    signal.raise_signal(TERM)
    assert server.told == [(TERM, 0)]
    assert not admission.is_closed


ALONE = """
import asyncio, signal
from app.lifecycle.shutdown import Shutdown
from app.lifecycle.admission import Admission

signal.signal(signal.SIGINT, signal.default_int_handler)

async def main():
    shutdown = Shutdown(Admission(lambda: Limits.to(1)), 60)
    shutdown.install()
    signal.raise_signal(signal.{name})
    await asyncio.sleep(10)
    print("still here")

asyncio.run(main())
"""


@pytest.mark.parametrize("number", SIGNALS)
def test_where_no_server_stands_behind_the_signal_does_what_it_always_does(
    number: signal.Signals,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE.format(name=number.name)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == -number
    assert done.stdout == ""
