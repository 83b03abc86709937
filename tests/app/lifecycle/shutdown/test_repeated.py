"""Signals that come again."""

import asyncio
import signal

import pytest

from app.errors import ShuttingDownError
from app.lifecycle.admission import Admission
from app.lifecycle.shutdown import SIGNALS
from tests.support.signalled import INT, TERM, Server, inside, installed, some_time, until


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
