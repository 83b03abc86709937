"""Overload: far more requests at one moment than may run."""

import asyncio
from time import monotonic

from bench.endings import speech
from bench.endings.client import Client, ask
from bench.endings.ending import Ending, ending, numbering
from bench.endings.goals import Findings, nearest_rank
from bench.endings.scale import Scale
from bench.endings.station import Ground, Station
from bench.pace import Pace
from bench.progress import say

PART = "overload"
REFUSED_S = 1.0
_PACE = Pace(tokens=100, rate=50)
_SETTLE_S = 1.0
_UNHARMED = 1.25
"""Times as long as its answer takes by itself, from its first token to its last."""


async def measure(ground: Ground, workers: int, scale: Scale, seed: int) -> Findings:
    """Two bursts: on a service that has just become ready, and on one that is at rest."""
    found = Findings(PART, workers)
    with ground.station(workers, RAG_MAX_STREAMS=scale.most_streams) as station:
        say(f"overload, {workers}: {scale.burst} requests against {scale.most_streams}")
        await _burst(station, scale, found, "just started", 0)
        await station.warm()
        await _burst(station, scale, found, "at rest", scale.burst)
    return found


async def _burst(station: Station, scale: Scale, found: Findings, when: str, first: int) -> None:
    """Open all connections, then send all requests at once."""
    asked = [ask(speech.question(first + number, _PACE)) for number in range(scale.burst)]
    clients = await asyncio.gather(*(Client.connect(station.address) for _ in asked))
    await asyncio.sleep(_SETTLE_S)
    sending = monotonic()
    for client, request in zip(clients, asked, strict=True):
        client.send(request)
    found.remarks.append(f"{when}: writing all took {(monotonic() - sending) * 1000:.0f} ms")
    await asyncio.gather(*(client.end() for client in clients))
    live = await station.until_idle()
    chats = (await station.upstream("stats"))["chats"]
    await station.upstream("forget")
    endings = [ending(bytes(client.data)) for client in clients]
    _judge(found, clients, endings, scale, when, first)
    found.goal(f"{when}: requests still live at the model", "0", str(live), live == 0)
    complete = sum(one.how == "completed" for one in endings)
    goal = f"{when}: questions asked of the model"
    found.goal(goal, str(complete), str(chats), chats == complete)


def _judge(
    found: Findings,
    clients: list[Client],
    endings: list[Ending],
    scale: Scale,
    when: str,
    first: int,
) -> None:
    refused_s, stretch, wrong = [], [], []
    for number, (client, end) in enumerate(zip(clients, endings, strict=True), start=first):
        if _is_refused(end):
            refused_s.append(client.last_at - client.sent_at)
        elif bad := _harm(end, number):
            wrong.append(f"{number}: {bad}")
        else:
            stretch.append((client.last_at - client.first_at) / _PACE.seconds)
    most, least = scale.most_streams * found.workers, scale.most_streams
    if found.workers == 1:
        expected, is_right = f"{most}", len(stretch) == most
    else:  # which worker gets a connection is for the kernel to choose
        expected, is_right = f"{least}-{most}", least <= len(stretch) <= most
    found.goal(f"{when}: complete", expected, str(len(stretch)), is_right)
    refused = scale.burst - len(stretch)
    measured = str(len(refused_s))
    found.goal(f"{when}: 503 with Retry-After", "all others", measured, len(refused_s) == refused)
    found.none_of(f"{when}: neither complete nor refused", wrong, scale.burst)
    if refused_s:
        p50, slowest = nearest_rank(refused_s, 0.5), max(refused_s)
        measured = f"{slowest:.2f} (p50 {p50:.2f})"
        found.goal(f"{when}: slowest 503, s", f"<= {REFUSED_S:g}", measured, slowest <= REFUSED_S)
    longest = max(stretch, default=0.0)
    goal = f"<= {_UNHARMED:g}"
    found.goal(
        f"{when}: longest answer, times its own", goal, f"{longest:.2f}", longest <= _UNHARMED
    )
    found.series[f"{when}, refused_s"] = refused_s
    found.series[f"{when}, stretch"] = stretch


def _is_refused(end: Ending) -> bool:
    is_told = (end.status, end.code) == (503, "overloaded") and not end.wrong
    return is_told and end.headers.get("retry-after", "").isdigit()


def _harm(end: Ending, number: int) -> str:
    if end.wrong or end.how != "completed":
        return f"{end.how} {end.status} {end.code} {end.wrong}"
    if end.answer != speech.answer(number, _PACE):
        return f"{len(end.answer)} characters are not the answer"
    return numbering(end.events)
