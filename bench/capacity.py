"""How many paced streams a server holds: doubling, then bisection."""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.load import Arrivals
from bench.meter import Meter, Shares
from bench.pace import Pace
from bench.scale import Scale
from bench.subject import Subject

_FAILURES_TO_BELIEVE = 2
"""One hiccup of the machine is no limit of the server: a level fails if it fails again."""


@dataclass(frozen=True, slots=True)
class Level:
    """What so many streams at a time were like."""

    streams: int
    is_held: bool
    added_p95_s: float = math.inf
    stretch: float = math.inf
    gap_p95_s: float = math.inf
    shares: Shares | None = None
    problem: str | None = None

    def describe(self) -> str:
        """Whether they were held, and why or how well."""
        how = self.problem or f"p95 +{self.added_p95_s * 1000:.0f} ms, x{self.stretch:.2f}"
        return f"{'held' if self.is_held else 'not held'}, {how}"


async def try_level(subject: Subject, upstream_port: int, scale: Scale, streams: int) -> Level:
    """Keep so many streams open, each new one at its even distance from the last."""
    pace = paced(scale)
    ideal_first = subject.first_s(pace)
    counting = math.ceil(streams * scale.rounds_of_streams)
    arrivals = Arrivals(
        subject,
        pace,
        interval_s=(ideal_first + pace.seconds) / streams,
        warming=streams,
        counting=counting,
        first_limit_s=ideal_first + scale.most_added_s,
    )
    meters: list[Meter] = []
    used: list[Shares] = []
    whole = await arrivals.run(
        tolerated=counting - _rank(counting),
        on_counting=lambda: meters.append(Meter(subject, upstream_port)),
        on_counted=lambda: used.append(meters[0].shares()),
    )
    if not whole:
        await subject.settle()
        return Level(streams, False, problem="first tokens came late")
    readings = [subject.read(call, pace) for call in arrivals.counted]
    problems = [reading.problem for reading in readings if reading.problem]
    if problems:
        return Level(streams, False, problem=problems[0])
    added = p95([reading.first_s - ideal_first for reading in readings])
    stretch = median(reading.stretch(pace.seconds) for reading in readings)
    gaps = [gap for reading in readings for gap in reading.gaps] or [pace.seconds]
    is_held = added <= scale.most_added_s and stretch <= scale.most_stretch
    return Level(streams, is_held, added, stretch, p95(gaps), used[0])


async def most_held(
    attempt: Callable[[int], Awaitable[Level]], guess: int, scale: Scale, step: float = 2.0
) -> Level | None:
    """The highest level that is held, None where not even one stream is.

    Goes up from the guess by `step` until a level fails, or down by halves until one is
    held, then halves the distance between the two.
    """

    async def holds(streams: int) -> Level | None:
        for _ in range(_FAILURES_TO_BELIEVE):
            level = await attempt(streams)
            if level.is_held:
                return level
        return None

    best: Level | None = None
    low, high = 0, scale.most_streams + 1
    streams = min(guess, scale.most_streams)
    while True:
        level = await holds(streams)
        if level is not None:
            best, low = level, streams
        else:
            high = streams
        if low == 0 and high > 1:
            streams = high // 2
        elif high > scale.most_streams and low < scale.most_streams:
            streams = min(math.ceil(low * step), scale.most_streams)
            step = 2.0
        elif high - low > max(1, scale.precision * low):
            streams = (low + high) // 2
        else:
            return best


def paced(scale: Scale) -> Pace:
    """The pace of the streams that are counted."""
    return Pace(scale.paced_tokens, scale.paced_rate, scale.first_ms, scale.embedding_ms)


def p95(values: Sequence[float]) -> float:
    """The value that 95 in a hundred do not exceed, by nearest rank."""
    return sorted(values)[_rank(len(values)) - 1]


def _rank(count: int) -> int:
    return math.ceil(0.95 * count)
