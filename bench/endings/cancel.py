"""Cancelling: how soon a model's connection is closed after a client has gone."""

import asyncio
import random
from itertools import count
from typing import Any

from bench.endings import speech
from bench.endings.client import ENDPOINTS, Client, ask
from bench.endings.goals import Findings, nearest_rank
from bench.endings.scale import Scale
from bench.endings.station import Ground, Station
from bench.pace import Pace
from bench.progress import say

PART = "cancel"
P99_MS = 100.0
_PACE = Pace(tokens=40, rate=50, first_ms=250, embedding_ms=150)
_LASTS_S = 1.0


async def measure(ground: Ground, workers: int, scale: Scale, seed: int) -> Findings:
    """Ask, leave at random moments, and hold that against what the model has seen."""
    found = Findings(PART, workers)
    moments, numbers = random.Random(seed), count(1)
    with ground.station(workers) as station:
        await station.warm()
        for endpoint in ENDPOINTS:
            say(f"cancel, {workers}: {endpoint}")
            await _one_endpoint(station, endpoint, scale, moments, numbers, found)
    every = [ms for name, series in found.series.items() if name in ENDPOINTS for ms in series]
    _judge(found, "all endpoints", every)
    searching = [ms for name, series in found.series.items() if "," in name for ms in series]
    _judge(found, "all, while searching", searching)
    return found


async def _one_endpoint(
    station: Station,
    endpoint: str,
    scale: Scale,
    moments: random.Random,
    numbers: "count[int]",
    found: Findings,
) -> None:
    left: dict[str, float] = {}
    # Spread evenly over an answer's time, so that no part of it is left out.
    order = moments.sample(range(scale.cancels), scale.cancels)
    leaving = iter([(n + moments.random()) / scale.cancels * _LASTS_S for n in order])

    async def ask_and_leave() -> None:
        for after_s in leaving:
            asked = speech.question(next(numbers), _PACE)
            client = await Client.connect(station.address)
            client.send(ask(asked, endpoint))
            await asyncio.sleep(after_s)
            if client.is_closed:
                found.remarks.append(f"{endpoint}: closed early: {bytes(client.data)[-300:]!r}")
            left[asked] = client.leave(resets=moments.random() < 0.5)

    await asyncio.gather(*(ask_and_leave() for _ in range(scale.cancels_at_once)))
    await station.until_idle()
    chats, retrievals = await station.upstream("calls"), await station.upstream("retrievals")
    await station.upstream("forget")
    found.series[endpoint] = _delays_ms(chats, left)
    searched = [call for call in retrievals if call["outcome"] != "finished"]
    found.series[f"{endpoint}, searching"] = _delays_ms(searched, left)
    alive = [call["question"] for call in chats if call["outcome"] != "abandoned"]
    found.none_of(f"{endpoint}: answers not stopped", alive, len(chats))
    # One that was sent after its client had gone is late by its own time as well.
    _judge(found, endpoint, found.series[endpoint])


def _delays_ms(calls: list[dict[str, Any]], left: dict[str, float]) -> list[float]:
    return [
        (call["closed"] - left[call["question"]]) * 1000
        for call in calls
        if call["closed"] is not None and call["question"] in left
    ]


def _judge(found: Findings, what: str, delays_ms: list[float]) -> None:
    if not delays_ms:
        found.goal(f"{what}: model told, ms", f"p99 <= {P99_MS:g}", "none measured", False)
        return
    p50, p99 = nearest_rank(delays_ms, 0.5), nearest_rank(delays_ms, 0.99)
    measured = f"p50 {p50:.1f}, p99 {p99:.1f}, max {max(delays_ms):.1f} (n {len(delays_ms)})"
    found.goal(f"{what}: model told, ms", f"p99 <= {P99_MS:g}", measured, p99 <= P99_MS)
