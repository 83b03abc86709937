"""What is given back when a worker has become idle."""

import asyncio
import ctypes
from pathlib import Path

import pytest

from app.lifecycle.admission import Admission
from app.lifecycle.heap import give_back
from app.lifecycle.limits import Limits

MB = 1024 * 1024


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / MB


@pytest.mark.parametrize("busy_times", [1, 2])
async def test_the_heap_of_a_busy_time_is_given_back(busy_times: int) -> None:
    # What earlier tests have left free in the heap would hold a part of it.
    ctypes.CDLL(None).malloc_trim(0)
    admission = Admission(lambda: Limits.to(10))
    giving = asyncio.create_task(give_back(admission.empty, admission.busy, after_s=0.01))
    await asyncio.sleep(0)
    for _ in range(busy_times):
        with admission.admit(["run"], "caller"):
            before = resident_mb()
            kept = [bytes(20_000) for _ in range(5_000)]  # 100 MB, each from the heap
            last = bytes(20_000)  # above them, so that the heap does not shrink by itself
            del kept
            await asyncio.sleep(0.05)
            held = resident_mb() - before
        async with asyncio.timeout(10):
            while resident_mb() - before > held / 2:  # noqa: ASYNC110 - the kernel's figure
                await asyncio.sleep(0.01)
        assert held > 50
        del last
    giving.cancel()
    await asyncio.gather(giving, return_exceptions=True)
