"""Shutting down: SIGTERM while streams are live, with time for them and with too little."""

import asyncio
import signal
import subprocess
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

from bench.call import Address
from bench.endings import speech
from bench.endings.client import Client, ask, exchange, request
from bench.endings.ending import Ending, ending, numbering
from bench.endings.goals import Findings
from bench.endings.scale import Scale
from bench.endings.station import Ground, Station
from bench.pace import Pace
from bench.progress import say

PART = "sigterm"
RATE = 30
TURNED_AWAY_S = 1.0
"""How long after the signal somebody may still come in: a supervisor hands it on."""
_OTHERS = ("invoke", "batch", "stream_log", "stream_events")
_SHORT = Pace(5)


@dataclass(slots=True)
class Live:
    """One question whose answer is under way when the signal comes."""

    number: int
    endpoint: str
    client: Client

    @property
    def ending(self) -> Ending:
        return ending(bytes(self.client.data), self.endpoint)


@dataclass(slots=True)
class Newcomers:
    """Who comes after the signal, and what becomes of them."""

    address: Address
    at: float
    outcomes: Counter[str] = field(default_factory=Counter)
    readiness: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    number: int = 5_000

    async def keep_coming(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                group.create_task(self._ask())
                group.create_task(self._is_ready())
                await asyncio.sleep(0.1)

    async def _ask(self) -> None:
        after_s, number = monotonic() - self.at, self.number
        self.number += 1
        found = ending(await _exchange(self.address, ask(speech.question(number, _SHORT))))
        outcome = {"nothing": "refused"}.get(found.how, found.code or found.how)
        self.outcomes[outcome] += 1
        is_right = found.how == "nothing" or (found.status, found.code) == (503, "shutting_down")
        is_early = after_s <= TURNED_AWAY_S and found.answer == speech.answer(number, _SHORT)
        if found.wrong or not (is_right or (is_early and found.how == "completed")):
            said = f"{found.how} {found.status} {found.code} {found.wrong}"
            self.wrong.append(f"{after_s:.2f} s after the signal: {said}")

    async def _is_ready(self) -> None:
        after_s = monotonic() - self.at
        data = await _exchange(self.address, request("GET", "/readyz"))
        status = data.split(b" ", 2)[1].decode() if data else "refused"
        self.readiness[status] += 1
        if status not in ("503", "refused") and after_s > TURNED_AWAY_S:
            self.wrong.append(f"{after_s:.2f} s after the signal: /readyz {status}")


async def measure(ground: Ground, workers: int, scale: Scale, seed: int) -> Findings:
    """One service that may finish, and one that has no time to."""
    found = Findings(PART, workers)
    for drain_s in (30.0, min(1.0, scale.live_s / 3)):
        say(f"sigterm, {workers}: {drain_s:g} s to finish")
        with ground.station(workers, RAG_DRAIN_S=drain_s) as station:
            await _end(station, scale, drain_s, found)
    return found


async def _end(station: Station, scale: Scale, drain_s: float, found: Findings) -> None:
    pace = Pace(int(scale.live_s * RATE), RATE)
    live = [await _begin(station, number, scale, pace) for number in range(scale.live)]
    await asyncio.gather(*(_is_answering(one) for one in live))
    await station.until_live(scale.live)
    signalled = monotonic()
    station.process.popen.send_signal(signal.SIGTERM)
    newcomers = Newcomers(station.address, signalled)
    coming = asyncio.create_task(newcomers.keep_coming())
    await asyncio.gather(*(one.client.end() for one in live))
    last_s = max(one.client.last_at for one in live) - signalled
    code = await asyncio.to_thread(_exit, station)
    ended_s = monotonic() - signalled
    coming.cancel()
    await asyncio.gather(coming, return_exceptions=True)

    hurried = drain_s < scale.live_s
    name = f"drain {drain_s:g} s"
    judge = _was_told if hurried else _is_complete
    wrong = [f"{one.number} {one.endpoint}: {bad}" for one in live if (bad := judge(one, pace))]
    what = "told 'shutting_down' once, then ended" if hurried else "live streams complete"
    found.goal(f"{name}: {what}", str(len(live)), str(len(live) - len(wrong)), not wrong)
    found.remarks += wrong[:5]
    comers = sum(newcomers.outcomes.values())
    found.none_of(f"{name}: newcomers not turned away properly", newcomers.wrong, comers)
    said = newcomers.readiness["503"]
    found.goal(f"{name}: /readyz says 503", ">= 1", str(said), said >= 1)
    late_s = ended_s - last_s
    measured = f"{late_s:.1f} (exit code {code})"
    found.goal(f"{name}: gone after the last stream, s", "<= 5", measured, late_s <= 5)
    found.remarks.append(
        f"{name}: last stream ended {last_s:.2f} s after the signal; newcomers "
        f"{dict(newcomers.outcomes)}, /readyz {dict(newcomers.readiness)}"
    )


async def _begin(station: Station, number: int, scale: Scale, pace: Pace) -> Live:
    """Most are plain streams; the other endpoints' answers may not be lost either."""
    is_other = number % 3 == 2
    endpoint = _OTHERS[number // 3 % len(_OTHERS)] if is_other else "stream"
    client = await Client.connect(station.address)
    client.send(ask(speech.question(number, pace), endpoint))
    return Live(number, endpoint, client)


async def _is_answering(one: Live) -> None:
    if one.endpoint not in ("invoke", "batch"):
        await one.client.until(lambda: b"t0" in one.client.data, 20.0)


def _is_complete(one: Live, pace: Pace) -> str:
    found = one.ending
    if found.wrong or found.how != "completed":
        return f"{found.how} {found.status} {found.code} {found.wrong}"
    if found.answer != speech.answer(one.number, pace):
        return f"{len(found.answer)} characters are not the answer"
    return numbering(found.events)


def _was_told(one: Live, pace: Pace) -> str:
    found = one.ending
    status = 200 if one.endpoint.startswith("stream") else 503
    if found.wrong or (found.how, found.code, found.status) != ("failed", "shutting_down", status):
        return f"{found.how} {found.status} {found.code} {found.wrong}"
    if not speech.answer(one.number, pace).startswith(found.answer):
        return "what came before is not the answer"
    return numbering(found.events)


async def _exchange(address: Address, sent: bytes) -> bytes:
    """Nothing where a connection was refused, or reset before an answer: nobody was let in."""
    try:
        return await exchange(address, sent, 10.0)
    except OSError:
        return b""


def _exit(station: Station) -> int | None:
    with suppress(subprocess.TimeoutExpired):
        return station.process.popen.wait(20)
    return None
