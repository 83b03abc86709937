"""Worst: what each of the worst inputs takes of a worker's memory and of its loop's time."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import orjson

from bench.endings import speech
from bench.endings.client import ask, exchange
from bench.endings.ending import ending
from bench.endings.goals import Findings
from bench.endings.scale import Scale
from bench.endings.station import WATCHED, Ground, Station
from bench.endings.worst_inputs import Worst, inputs
from bench.pace import Pace
from bench.progress import say
from bench.subject import fetch

PART = "worst"
MOST_MB = 60.0
MOST_S = 0.1
_WRITE = 256_000
_LIMIT_S = 15.0
_FORGET_PEAK = "5"
"""What to write to clear_refs, see proc(5)."""


async def measure(ground: Ground, workers: int, scale: Scale, seed: int) -> Findings:
    """One after the other; afterwards the service answers as before."""
    found = Findings(PART, workers)
    with ground.station(workers, WATCHED, RAG_BODY_TIMEOUT_S=3) as station:
        await station.warm()
        await station.vitals()  # the first look imports
        for worst in inputs()[:: 1 if scale.readers > 10 else 4]:
            say(f"worst, {workers}: {worst.name}")
            await _one(station, worst, found)
        pace = Pace(5)
        end = ending(await exchange(station.address, ask(speech.question(7, pace))))
        is_right = end.how == "completed" and end.answer == speech.answer(7, pace)
        found.goal("a question afterwards", "completed", end.how, is_right)
    return found


async def _one(station: Station, worst: Worst, found: Findings) -> None:
    before = {one.pid: _peak_mb(one.pid, forget=True) for one in await station.vitals()}
    await _blocked_s(station)
    await asyncio.sleep(0.05)
    await _blocked_s(station)  # what it found was the look before
    parts = list(worst.parts())
    answers = await asyncio.gather(
        *(_sent(station, parts, worst.name) for _ in range(worst.connections))
    )
    blocked_s = await _blocked_s(station)
    grown_mb = max(_peak_mb(pid) - mb for pid, mb in before.items())
    statuses = sorted({answer[9:12].decode("ascii", "replace") or "closed" for answer in answers})
    measured = f"{grown_mb:+.1f} MB, {blocked_s * 1000:.0f} ms ({', '.join(statuses)})"
    is_reached = grown_mb <= MOST_MB and blocked_s <= MOST_S and "500" not in statuses
    goal = f"<= +{MOST_MB:g} MB, {MOST_S * 1000:g} ms"
    found.goal(worst.name, goal, measured, is_reached)
    found.series[worst.name] = [grown_mb, blocked_s]


async def _sent(station: Station, parts: Sequence[bytes], name: str) -> bytes:
    """The beginning of what came back; sending ends where the service takes no more."""
    reader, writer = await asyncio.open_connection(*station.address)
    answer = b""

    async def send() -> None:
        with suppress(OSError):
            for part in parts:
                for start in range(0, len(part), _WRITE):
                    writer.write(part[start : start + _WRITE])
                    await writer.drain()

    try:
        sending = asyncio.ensure_future(send())
        try:
            async with asyncio.timeout(_LIMIT_S):
                answer = await reader.read(1_000)
                while await reader.read(1_000_000):
                    pass
        except (TimeoutError, OSError):
            pass
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
    finally:
        writer.transport.abort()
    return answer


async def _blocked_s(station: Station) -> float:
    """The longest of all workers, as far as the kernel lets us reach each."""
    looks = [
        await asyncio.to_thread(fetch, station.port, "/_blocked", _LIMIT_S)
        for _ in range(1 if station.workers == 1 else 8 * station.workers)
    ]
    return max(float(orjson.loads(body)) for _, body in looks)


def _peak_mb(pid: int, *, forget: bool = False) -> float:
    """The largest resident memory since it was last forgotten."""
    if forget:
        Path(f"/proc/{pid}/clear_refs").write_text(_FORGET_PEAK)
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
