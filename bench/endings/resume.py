"""Resuming: streams that are cut at random points and joined again."""

import asyncio
import random
from dataclasses import dataclass, field

import orjson

from bench.call import Address
from bench.endings import speech
from bench.endings.client import Client, ask, request
from bench.endings.ending import Ending, ending, numbering
from bench.endings.goals import Findings
from bench.endings.reading import Event
from bench.endings.scale import Scale
from bench.endings.station import Ground
from bench.pace import Pace
from bench.progress import say

PART = "resume"
MOST_CUTS = 4
LIMIT_S = 40.0
_PACE = Pace(tokens=100, rate=40, first_ms=50)
_TOKEN_BYTES = 130
"""About what an event with a token takes: cuts come at any place within one."""
_ANSWER = b'{"answer"'
_EARLY = b"event: data"
"""Who is cut off before does not know the run's id, and cannot come back."""


@dataclass(slots=True)
class Joined:
    """One stream as its client has it after all cuts."""

    number: int
    events: list[Event] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    """How many tokens were there at each cut."""
    resumed_ms: list[float] = field(default_factory=list)
    """From asking for the rest to the first byte of it."""
    wrong: str = ""


async def measure(ground: Ground, workers: int, scale: Scale, seed: int) -> Findings:
    """Cut and resume streams, several at a time; hold each against what was sent."""
    found = Findings(PART, workers)
    joined: list[Joined] = []
    chosen = random.Random(seed)
    remaining = iter(range(1, scale.resumed + 1))
    say(f"resume, {workers}: {scale.resumed} streams")
    with ground.station(workers) as station:

        async def one_after_the_other() -> None:
            for number in remaining:
                one = Joined(number)
                joined.append(one)
                try:
                    await _follow(station.address, one, random.Random(chosen.random()))
                except OSError as error:
                    one.wrong = f"{type(error).__name__}: {error}"

        await asyncio.gather(*(one_after_the_other() for _ in range(scale.resumed_at_once)))
        live = await station.until_idle()
        calls = await station.upstream("calls")
    asked = [call["question"] for call in calls]
    wrong = [f"{one.number}: {one.wrong}" for one in joined if one.wrong]
    found.none_of("streams not joined to the whole answer", wrong, len(joined))
    lost, doubled = 0, 0
    for one in joined:
        ids = [event.id for event in one.events]
        doubled += len(ids) - len(set(ids))
        lost += max((number or 0 for number in ids), default=0) - len(set(ids))
    found.goal(
        "events lost", "0", f"{lost} of {sum(len(one.events) for one in joined):,}", not lost
    )
    found.goal("events doubled", "0", str(doubled), not doubled)
    again = [text for text in set(asked) if asked.count(text) != 1]
    found.none_of("questions asked of the model twice, or never", again, scale.resumed)
    missing = scale.resumed - len(set(asked))
    found.goal("questions never asked of the model", "0", str(missing), missing == 0)
    found.goal("requests still live at the model", "0", str(live), live == 0)
    found.series["cuts"] = [cut for one in joined for cut in one.cuts]
    found.series["resumed_ms"] = [ms for one in joined for ms in one.resumed_ms]
    found.series["is_whole"] = [not one.wrong for one in joined]
    found.remarks.append(f"{len(found.series['cuts'])} cuts of {len(joined)} streams, seed {seed}")
    return found


async def _follow(address: Address, one: Joined, chosen: random.Random) -> None:
    """Read an answer to its end over several connections."""
    asked = ask(speech.question(one.number, _PACE), goes_on=True)
    cuts = sorted(chosen.randrange(_PACE.tokens) for _ in range(chosen.randint(1, MOST_CUTS)))
    run_id, tokens, last = "", 0, Ending()
    for cut in [*cuts, None]:
        if run_id:
            after = one.events[-1].id if one.events else 0
            asked = _resuming(run_id, after or 0, chosen)
        wanted = None if cut is None else cut - tokens
        data, first_ms = await _part(address, asked, wanted, chosen, is_resumed=bool(run_id))
        if run_id and data:
            one.resumed_ms.append(first_ms)
        last = ending(data)
        one.events += last.events
        run_id = run_id or last.run_id
        tokens = sum(_ANSWER in event.data for event in one.events)
        if last.wrong or last.how not in ("cut", "nothing") or not run_id:
            break
        one.cuts.append(tokens)
        # Some come back at once, some when the answer is over.
        await asyncio.sleep(chosen.choice((0, 0, 0.2, 3)) * chosen.random())
    one.wrong = last.wrong or numbering(one.events) or _compare(one, last)


async def _part(
    address: Address, asked: bytes, wanted: int | None, chosen: random.Random, *, is_resumed: bool
) -> tuple[bytes, float]:
    """What comes until so many tokens are there and some bytes more; None: until the end."""
    client = await Client.connect(address)
    client.send(asked)
    if wanted is None:
        data = await client.end(LIMIT_S)
    else:

        def is_there() -> bool:
            return client.data.count(_ANSWER) >= wanted and (is_resumed or _EARLY in client.data)

        await client.until(is_there, LIMIT_S)
        goal = len(client.data) + chosen.randrange(_TOKEN_BYTES)
        await client.until(lambda: len(client.data) >= goal, LIMIT_S)
        client.leave(resets=chosen.random() < 0.5)
        data = bytes(client.data[:goal])
    return data, (client.first_at - client.sent_at) * 1000


def _resuming(run_id: str, after: int, chosen: random.Random) -> bytes:
    path = f"/rag/runs/{run_id}/stream"
    if after and chosen.random() < 0.5:
        return request("GET", path, headers={"Last-Event-ID": str(after)})
    return request("GET", f"{path}?after={after}")


def _compare(one: Joined, last: Ending) -> str:
    if last.how not in ("completed", "empty"):
        return f"ended {last.how} {last.status} {last.code}"
    if not one.events or one.events[-1].kind != "end":
        return "no event 'end'"
    whole = _answer(one.events)
    expected = speech.answer(one.number, _PACE)
    if whole != expected:
        return f"{len(whole)} characters instead of {len(expected)}"
    return ""


def _answer(events: list[Event]) -> str:
    chunks = [orjson.loads(event.data) for event in events if event.kind == "data"]
    return "".join(chunk.get("answer", "") for chunk in chunks)
