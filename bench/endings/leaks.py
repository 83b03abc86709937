"""Leaks: what a service still holds after a thousand mixed faults."""

import asyncio
import time
from collections import Counter
from dataclasses import asdict

from bench.endings import mischief, speech
from bench.endings.client import ask, exchange
from bench.endings.ending import ending
from bench.endings.goals import Findings
from bench.endings.mischief import Mischief
from bench.endings.scale import Scale
from bench.endings.station import WATCHED, Ground, Station
from bench.endings.vitals import Vitals
from bench.pace import Pace
from bench.progress import say

PART = "leaks"
SETTLE_S = 20.0
REMEMBERED = 1000
"""Vectors of questions that a worker keeps on purpose: none of its growth is a leak."""
MOST_IN_USE_MB = 1.0
MOST_BLOCKS = 5.0
"""A leak of whole requests would be hundreds, one fault in forty that leaks about ten."""
MOST_RESIDENT_MB = 5.0
"""An allocator's own ups and downs."""


async def measure(ground: Ground, workers: int, scale: Scale, seed: int) -> Findings:
    """Make faults round by round and look at each worker after each."""
    found = Findings(PART, workers)
    with ground.station(workers, WATCHED, **mischief.SETTINGS) as station:
        await _warm(station, 0 if scale.faults_a_round < 100 else REMEMBERED)
        levels = [await _settled(station, None)]
        maker = Mischief(station.address, seed)
        live = 0
        for number in range(1, scale.rounds + 1):
            say(f"leaks, {workers}: round {number} of {scale.rounds}")
            await maker.round(scale.faults_a_round, scale.faults_at_once)
            live = await station.until_idle(SETTLE_S)
            levels.append(await _settled(station, levels[0]))
        works = [await _answers(station, number) for number in range(10)]
        connections = await _kept_connections(station)
        logged = station.process.log.read_text("utf-8", "replace")
    faults = scale.rounds * scale.faults_a_round
    found.series["levels"] = [[asdict(one) | {"kinds": {}} for one in level] for level in levels]
    found.remarks.append(f"{faults} faults, seed {seed}: {maker.done}")
    found.none_of("faults without one proper ending", maker.wrong, faults)
    found.none_of("questions not answered afterwards", [bad for bad in works if bad], len(works))
    traces = [line for line in logged.splitlines() if line.startswith(("Traceback", "Task "))]
    found.none_of("tracebacks in the log", traces, len(logged.splitlines()))
    found.goal("requests still live at the model", "0", str(live), live == 0)
    what = "connections to the model after it has closed the unused ones"
    found.goal(what, "0", str(connections), connections == 0)
    _compare(found, levels, scale)
    return found


def _compare(found: Findings, levels: list[list[Vitals]], scale: Scale) -> None:
    before, last = levels[0], levels[-1]
    for what in ("tasks", "files", "clients"):
        grown = [getattr(b, what) - getattr(a, what) for a, b in zip(before, last, strict=True)]
        label = {"files": "file descriptors", "clients": "connections of clients"}.get(what, what)
        found.goal(f"{label}: more than before", "0", _each(grown), max(grown) <= 0)
    # Memory against the second round: a first one has reasons of its own to take some.
    second = levels[min(2, len(levels) - 1)]
    faults = max(1, (scale.rounds - 2) * scale.faults_a_round)
    in_use, resident, blocks = [], [], []
    for start, a, b in zip(before, second, last, strict=True):
        in_use.append((b.given_out - a.given_out) / 1e6)
        resident.append(b.resident_mb - a.resident_mb)
        blocks.append((b.blocks - a.blocks) / faults)
        more = (Counter(b.kinds) - Counter(a.kinds)).most_common(12)
        found.remarks.append(f"worker {b.pid}: more objects than after round 2: {dict(more)}")
        if b.tasks > start.tasks:
            found.remarks.append(f"worker {b.pid}: tasks {b.names}")
    for what, unit, grown_by, most in (
        ("memory in use", "MB", in_use, MOST_IN_USE_MB),
        ("small objects", "per fault", blocks, MOST_BLOCKS),
        ("resident memory", "MB", resident, MOST_RESIDENT_MB),
    ):
        label = f"{what}: last round over the second, {unit}"
        found.goal(label, f"<= {most:g}", _each(grown_by, 1), max(grown_by) <= most)


async def _warm(station: Station, remembered: int) -> None:
    """Each worker has done its first of everything, and its caches are full."""
    await station.warm(int(remembered * station.workers * 1.25) + 40)
    warming = Mischief(station.address, seed=0)
    await warming.round(min(60, 6 + remembered), 30)
    await station.until_idle(SETTLE_S)


async def _settled(station: Station, before: list[Vitals] | None) -> list[Vitals]:
    """What is held once kept runs have expired, and what needs a moment has had it."""
    await asyncio.sleep(float(str(mischief.SETTINGS["RAG_RESUME_S"])) + 1)
    await station.upstream("hang-up")  # a pool's size is no leak, and would hide one
    for number in range(5 * station.workers):
        await _answers(station, number)
    deadline = time.monotonic() + SETTLE_S
    while True:
        now = await station.vitals()
        if before is None or time.monotonic() > deadline or not _is_more(before, now):
            return now
        await asyncio.sleep(0.5)


def _is_more(before: list[Vitals], now: list[Vitals]) -> bool:
    return any(
        b.tasks > a.tasks or b.files > a.files or b.clients > a.clients
        for a, b in zip(before, now, strict=True)
    )


async def _kept_connections(station: Station) -> int:
    await station.upstream("hang-up")
    await asyncio.sleep(0.2)
    return int((await station.upstream("stats"))["connections"]) - 1  # that which asks


async def _answers(station: Station, number: int) -> str:
    pace = Pace(5)
    asked = speech.question(2_000_000 + number, pace)
    found = ending(await exchange(station.address, ask(asked)))
    is_right = found.answer == speech.answer(2_000_000 + number, pace)
    return "" if found.how == "completed" and is_right else f"{found.how} {found.code}"


def _each(values: list[int] | list[float], digits: int = 0) -> str:
    return ", ".join(f"{value:+.{digits}f}" for value in values)
