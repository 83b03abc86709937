"""A worker that is told to end: real signals to a real loop, before a stand-in of the server's."""

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from app.errors import ShuttingDownError
from app.lifecycle import shutdown as shutdown_module
from app.lifecycle.admission import Admission
from app.lifecycle.limits import Limits
from app.lifecycle.shutdown import SIGNALS, Shutdown
from rag_stream.errors import RagError
from tests.support.paths import ROOT

TERM, INT = signal.SIGTERM, signal.SIGINT


class Server:
    """What stands behind: a server whose handlers note what reaches them, and how it was then."""

    def __init__(self, admission: Admission) -> None:
        self.told: list[tuple[int, int]] = []
        """Each signal, with how many were inside when it came through."""
        self._admission = admission

    def on_signal(self, number: int, frame: object) -> None:
        self.told.append((number, self._admission.count))


@pytest.fixture
def admission() -> Admission:
    return Admission(lambda: Limits.to(10))


@pytest.fixture
def server(admission: Admission) -> Iterator[Server]:
    server = Server(admission)
    before = {number: signal.signal(number, server.on_signal) for number in SIGNALS}
    yield server
    for number, handler in before.items():
        signal.signal(number, handler)


@asynccontextmanager
async def installed(admission: Admission, within_s: float = 60) -> AsyncIterator[Shutdown]:
    shutdown = Shutdown(admission, within_s)
    shutdown.install()
    try:
        yield shutdown
    finally:
        await shutdown.aclose()


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - told by no event
            await asyncio.sleep(0.002)


async def some_time() -> None:
    """For what must not happen: enough for a loop to do all that is due."""
    await asyncio.sleep(0.05)


async def inside(admission: Admission, run_id: str = "run") -> asyncio.Task[RagError | None]:
    """A run that goes on until it is stopped; its result is why."""

    async def go_on() -> RagError | None:
        with admission.admit([run_id], "me") as ticket:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await asyncio.sleep(0.01)  # it tells its client
                return ticket.stopped()
        return None

    task = asyncio.create_task(go_on())
    await asyncio.sleep(0)
    return task


# Letting those inside finish


@pytest.mark.parametrize("number", SIGNALS)
async def test_where_nobody_is_inside_the_server_may_close_at_once(
    admission: Admission, server: Server, number: int
) -> None:
    async with installed(admission):
        signal.raise_signal(number)
        await until(lambda: server.told)
        assert server.told == [(number, 0)]
        assert admission.is_closed


@pytest.mark.parametrize("number", SIGNALS)
async def test_nobody_comes_in_any_more_and_those_inside_may_finish(
    admission: Admission, server: Server, number: int
) -> None:
    one, other = admission.admit(["a"], "me"), admission.admit(["b"], "me")
    async with installed(admission):
        signal.raise_signal(number)
        await asyncio.sleep(0)
        assert admission.is_closed, "at once"
        await some_time()
        one.leave()
        await some_time()
        assert server.told == []
        other.leave()
        await until(lambda: server.told)
    assert server.told == [(number, 0)]


async def test_who_does_not_finish_in_time_is_told_and_waited_for(
    admission: Admission, server: Server
) -> None:
    runs = [await inside(admission, run_id) for run_id in "ab"]
    async with installed(admission, within_s=0.02):
        signal.raise_signal(TERM)
        for reason in await asyncio.gather(*runs):
            assert isinstance(reason, ShuttingDownError)
            assert reason.code == "shutting_down"
        await until(lambda: server.told)
    assert server.told == [(TERM, 0)], "not before they have left"


async def test_no_time_at_all_is_no_time(admission: Admission, server: Server) -> None:
    run = await inside(admission)
    async with installed(admission, within_s=0):
        signal.raise_signal(TERM)
        assert isinstance(await run, ShuttingDownError)
        await until(lambda: server.told)


async def test_who_does_not_leave_when_told_to_holds_nobody_up_for_ever(
    admission: Admission, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutdown_module, "TELLING_S", 0.02)
    admission.admit(["a"], "me")
    async with installed(admission, within_s=0.02):
        signal.raise_signal(TERM)
        await until(lambda: server.told)
    assert server.told == [(TERM, 1)]


# Signals that come again


@pytest.mark.parametrize("first", SIGNALS)
async def test_ctrl_c_after_it_hurries(admission: Admission, server: Server, first: int) -> None:
    run = await inside(admission)
    async with installed(admission):
        signal.raise_signal(first)
        await some_time()
        assert not run.done()
        signal.raise_signal(INT)
        assert isinstance(await run, ShuttingDownError)
        await until(lambda: server.told)
    assert server.told == [(first, 0)], "the server hears of the first"


@pytest.mark.parametrize("first", SIGNALS)
async def test_a_supervisor_that_repeats_itself_does_not(
    admission: Admission, server: Server, first: int
) -> None:
    run = await inside(admission)
    async with installed(admission):
        signal.raise_signal(first)
        await some_time()
        signal.raise_signal(TERM)
        signal.raise_signal(TERM)
        await some_time()
        assert not run.done()
        assert server.told == []
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
        await until(lambda: server.told)
    assert server.told == [(first, 0)]


async def test_two_signals_at_once_are_a_signal_and_another(
    admission: Admission, server: Server
) -> None:
    run = await inside(admission)
    async with installed(admission):
        signal.raise_signal(INT)
        signal.raise_signal(INT)
        assert isinstance(await run, ShuttingDownError)
        await until(lambda: server.told)
    assert server.told == [(INT, 0)]


async def test_once_the_server_was_told_signals_are_its_own_again(
    admission: Admission, server: Server
) -> None:
    # Uvicorn takes a second Ctrl-C for "at once"; it has to hear it.
    async with installed(admission):
        signal.raise_signal(TERM)
        await until(lambda: server.told)
        signal.raise_signal(INT)
        signal.raise_signal(TERM)
    assert server.told == [(TERM, 0), (INT, 0), (TERM, 0)]


# Taking and giving back


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
