"""Reading later where the loop is behind."""

import asyncio
import time

import pytest

from rag_stream.pace import FACTOR, MOST_S, QUIET_S, Lag, Pace


async def waits(pace: Pace) -> bool:
    """Whether a read has to wait: then other callbacks run before it."""
    order: list[str] = []
    asyncio.get_running_loop().call_soon(order.append, "other")
    await pace.before_read()
    order.append("read")
    return order == ["other", "read"]


async def busy(pace: Pace, steps: int, seconds: float) -> None:
    """Keep the loop busy in steps that are too long, from a read on."""
    await pace.before_read()
    for _ in range(steps):
        time.sleep(seconds)  # noqa: ASYNC251 - that is the point
        await asyncio.sleep(0)


def lag_of(*late_s: float) -> Lag:
    lag = Lag()
    for seconds in late_s:
        lag.tick(seconds)
    return lag


def test_a_loop_that_keeps_up_reads_at_once() -> None:
    assert Lag().wait_s == 0
    assert lag_of(*[QUIET_S] * 10).wait_s == 0


@pytest.mark.parametrize("late_s", [(0.05,), (0.05, 0.05), (0.05, 0.05, 0.0), (0.05, 0.0, 0.05)])
def test_one_long_step_or_two_are_no_load(late_s: tuple[float, ...]) -> None:
    assert lag_of(*late_s).wait_s == 0


def test_a_loop_whose_every_tick_is_late_waits_in_proportion_and_never_long() -> None:
    assert lag_of(0.005, 0.006, 0.007).wait_s == pytest.approx(FACTOR * 0.005)
    assert lag_of(1.0, 1.0, 1.0).wait_s == MOST_S


def test_it_recovers_with_the_first_tick_in_time() -> None:
    assert lag_of(0.05, 0.05, 0.05, 0.001).wait_s == 0


async def test_a_loop_that_stays_behind_reads_later() -> None:
    pace = Pace.of_running_loop()
    await busy(pace, 6, 0.04)
    assert await waits(pace)


async def test_every_loop_has_its_own() -> None:
    here = Pace.of_running_loop()

    async def there() -> Pace:
        return Pace.of_running_loop()

    assert Pace.of_running_loop() is here
    assert await asyncio.to_thread(lambda: asyncio.run(there())) is not here
