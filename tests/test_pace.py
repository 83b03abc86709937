"""Reading later where the loop is behind."""

import asyncio
import time

from rag_stream.pace import INTERVAL_S, Pace


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


async def test_an_idle_loop_reads_at_once() -> None:
    pace = Pace.of_running_loop()
    await pace.before_read()
    await asyncio.sleep(5 * INTERVAL_S)
    assert not await waits(pace)


async def test_one_long_step_is_no_load() -> None:
    pace = Pace.of_running_loop()
    await pace.before_read()
    await asyncio.sleep(3 * INTERVAL_S)
    time.sleep(0.05)  # noqa: ASYNC251
    await asyncio.sleep(0)
    assert not await waits(pace)


async def test_a_loop_that_stays_behind_reads_later() -> None:
    pace = Pace.of_running_loop()
    await busy(pace, 6, 0.04)
    assert await waits(pace)


async def test_it_recovers() -> None:
    pace = Pace.of_running_loop()
    await busy(pace, 6, 0.04)
    await asyncio.sleep(10 * INTERVAL_S)
    assert not await waits(pace)


async def test_every_loop_has_its_own() -> None:
    here = Pace.of_running_loop()

    async def there() -> Pace:
        return Pace.of_running_loop()

    assert Pace.of_running_loop() is here
    assert await asyncio.to_thread(lambda: asyncio.run(there())) is not here
