"""Reading later where the loop is behind."""

import asyncio
import time

import pytest

from rag_stream.http.backpressure import BEARABLE_S, FALL_S, MOST_S, Backpressure, Lag


async def waits(backpressure: Backpressure) -> bool:
    """Whether a read has to wait: then other callbacks run before it."""
    order: list[str] = []
    asyncio.get_running_loop().call_soon(order.append, "other")
    await backpressure.before_read(Source())
    order.append("read")
    return order == ["other", "read"]


async def busy(backpressure: Backpressure, steps: int, seconds: float) -> None:
    """Keep the loop busy in steps that are too long, from a read on."""
    await backpressure.before_read(Source())
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
    assert lag_of(*[BEARABLE_S] * 1000).wait_s == 0


@pytest.mark.parametrize("late_s", [(0.05,), (5.0, 0.0), (0.05, 0.0) * 50])
def test_single_long_steps_are_no_load(late_s: tuple[float, ...]) -> None:
    assert lag_of(*late_s).wait_s == 0


def test_the_wait_grows_as_long_as_the_loop_is_late_and_never_gets_long() -> None:
    lag, waits = Lag(), []
    for _ in range(200):
        lag.tick(0.005)
        waits.append(lag.wait_s)
    assert waits == sorted(waits)
    assert waits[10] < MOST_S == waits[-1]


def test_the_later_the_loop_the_sooner_it_waits() -> None:
    assert lag_of(*[0.003] * 10).wait_s < lag_of(*[0.01] * 10).wait_s <= MOST_S
    assert lag_of(*[60.0] * 10).wait_s <= MOST_S


def test_it_settles_where_the_loop_just_keeps_up() -> None:
    lag, waits = lag_of(*[0.01] * 10), []
    for _ in range(200):  # a loop that is late where the wait is below 50 ms
        lag.tick(0.003 if lag.wait_s < 0.05 else 0.0)
        waits.append(lag.wait_s)
    assert min(waits[100:]) > 0.04
    assert max(waits[100:]) < 0.06


def test_it_recovers_once_the_loop_keeps_up_again() -> None:
    lag = lag_of(*[0.02] * 100)
    assert lag.wait_s == MOST_S
    for _ in range(round(MOST_S / FALL_S) + 20):
        lag.tick(0.0)
    assert lag.wait_s == 0


class Source:
    """Remembers when it was held."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def hold(self) -> None:
        self.calls.append("hold")

    def release(self) -> None:
        self.calls.append("release")


async def test_what_is_read_from_is_held_while_the_read_waits() -> None:
    backpressure, source = Backpressure.of_running_loop(), Source()
    await backpressure.before_read(source)
    assert source.calls == []
    await busy(backpressure, 12, 0.04)
    await backpressure.before_read(source)
    assert source.calls == ["hold", "release"]


async def test_what_is_held_is_released_when_the_stream_is_cancelled() -> None:
    backpressure, source = Backpressure.of_running_loop(), Source()
    await busy(backpressure, 12, 0.04)
    reading = asyncio.create_task(backpressure.before_read(source))
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert source.calls == ["hold", "release"]


async def test_a_loop_that_stays_behind_reads_later() -> None:
    backpressure = Backpressure.of_running_loop()
    await busy(backpressure, 12, 0.04)
    assert await waits(backpressure)


async def test_every_loop_has_its_own() -> None:
    here = Backpressure.of_running_loop()

    async def there() -> Backpressure:
        return Backpressure.of_running_loop()

    assert Backpressure.of_running_loop() is here
    assert await asyncio.to_thread(lambda: asyncio.run(there())) is not here
