"""Letting those inside finish: real signals to a real loop."""

import asyncio
import signal

import pytest

from app.errors import ShuttingDownError
from app.lifecycle import shutdown as shutdown_module
from app.lifecycle.admission import Admission
from app.lifecycle.shutdown import SIGNALS
from tests.support.signalled import TERM, Server, inside, installed, some_time, until


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
