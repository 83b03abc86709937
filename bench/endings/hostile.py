"""Hostile connections: what a well-behaved reader notices of a thousand of them."""

import asyncio
import sys
from collections.abc import Callable
from itertools import count
from time import monotonic

from bench.endings import speech
from bench.endings.client import Client, ask
from bench.endings.ending import ending
from bench.endings.goals import Findings, nearest_rank
from bench.endings.scale import Scale
from bench.endings.station import Ground, Station
from bench.pace import Pace
from bench.process import resident_mb
from bench.progress import say

PART = "hostile"
MOST_TIMES = 2.0
"""As long as alone, to the first token."""
MOST_MB = 60.0
_PACE = Pace(tokens=20, rate=100)
_LIMIT_S = 30.0
_LASTS_S = 12.0
"""Longer than the time for a head, so that connections are given up and come again."""
_OPEN_S = 60.0


async def measure(ground: Ground, workers: int, scale: Scale, seed: int) -> Findings:
    """The same questions alone, and beside the hostile connections."""
    found, numbers = Findings(PART, workers), count(1)
    with ground.station(workers) as station:
        await station.warm()
        say(f"hostile, {workers}: {scale.readers} readers alone")
        alone = await _first_tokens(station, scale.readers, numbers, found)
        before_mb = _largest_mb(station)
        say(f"hostile, {workers}: {scale.hostile} hostile connections")
        attackers = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.endings.attackers", str(station.port)),
            *(str(scale.hostile), str(seed)),
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert attackers.stdout is not None  # noqa: S101 - it is a pipe
            async with asyncio.timeout(_OPEN_S):
                await attackers.stdout.readline()
            ends = monotonic() + _LASTS_S * (scale.readers > 10)
            beside: list[float] = []
            while not beside or monotonic() < ends:
                beside += await _first_tokens(station, scale.readers, numbers, found)
            grown_mb = _largest_mb(station) - before_mb
        finally:
            attackers.kill()
            await attackers.wait()
    _judge(found, alone, beside)
    measured = f"{grown_mb:+.1f}"
    found.goal("memory of a worker, MB", f"<= +{MOST_MB:g}", measured, grown_mb <= MOST_MB)
    return found


async def _first_tokens(
    station: Station, readers: int, numbers: "count[int]", found: Findings
) -> list[float]:
    """Milliseconds from the question to the first token, of each reader."""
    times, wrong = [], []
    for _ in range(readers):
        number = next(numbers)
        sent = ask(speech.question(number, _PACE))
        # A blank at a piece's end waits for the next piece.
        first = speech.tokens(number, 1)[0].strip().encode()
        client = await Client.connect(station.address)
        client.send(sent)
        came = await client.until(_has(client, first), _LIMIT_S)
        times.append((monotonic() - client.sent_at) * 1000)
        end = ending(await client.end(_LIMIT_S))
        if not came or end.how != "completed" or end.answer != speech.answer(number, _PACE):
            wrong.append(f"{number}: {end.how} {end.status} {end.code} {end.wrong}")
    found.none_of("readers without their whole answer", wrong, readers)
    return times


def _has(client: Client, text: bytes) -> Callable[[], bool]:
    return lambda: text in client.data


def _largest_mb(station: Station) -> float:
    return max(resident_mb([pid]) for pid in station.process.pids())


def _judge(found: Findings, alone: list[float], beside: list[float]) -> None:
    found.series |= {"alone_ms": alone, "beside_ms": beside}
    for share in (0.5, 0.95):
        a, b = nearest_rank(alone, share), nearest_rank(beside, share)
        what = f"first token, p{share * 100:.0f}: times as long as alone"
        measured = f"{b / a:.2f} ({a:.1f} -> {b:.1f} ms)"
        found.goal(what, f"<= {MOST_TIMES:g}", measured, b <= MOST_TIMES * a)
