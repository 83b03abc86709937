"""Reading later where the loop is behind."""

import asyncio
import time
from collections.abc import Callable

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


async def reads_at_once(pace: Pace, prepare: Callable[[], None] = lambda: None) -> bool:
    """Whether, in one of many tries, an idle loop reads at once: machines hiccup."""
    for _ in range(50):
        await pace.before_read()
        await asyncio.sleep(4 * INTERVAL_S)
        prepare()
        await asyncio.sleep(0)
        if not await waits(pace):
            return True
    return False


async def test_an_idle_loop_reads_at_once() -> None:
    assert await reads_at_once(Pace.of_running_loop())


async def test_one_long_step_is_no_load() -> None:
    assert await reads_at_once(Pace.of_running_loop(), lambda: time.sleep(0.05))


async def test_a_loop_that_stays_behind_reads_later() -> None:
    pace = Pace.of_running_loop()
    await busy(pace, 6, 0.04)
    assert await waits(pace)


async def test_it_recovers() -> None:
    pace = Pace.of_running_loop()
    await busy(pace, 6, 0.04)
    assert await reads_at_once(pace)


async def test_every_loop_has_its_own() -> None:
    here = Pace.of_running_loop()

    async def there() -> Pace:
        return Pace.of_running_loop()

    assert Pace.of_running_loop() is here
    assert await asyncio.to_thread(lambda: asyncio.run(there())) is not here
