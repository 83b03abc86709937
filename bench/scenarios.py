"""What is measured of a running server, one function a scenario."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from bench import wires
from bench.call import Call, follow
from bench.capacity import Level, most_held, paced, try_level
from bench.load import at_once, each_once
from bench.meter import Meter, Shares
from bench.pace import Pace
from bench.scale import Scale
from bench.subject import Subject, upstream_stats

_WARM_ANSWERS = 20
_OPEN_RATE = 10
_GROUNDED = 4 * 700
"""Characters of a prompt with four notes in it."""
_SHORT_LOG_REPEATS = 5
_LOGS = (("stream_log", wires.LogPatches), ("stream_events", wires.Events))


@dataclass(slots=True)
class Outcome:
    """Figures by key, who used the CPU, and what went wrong."""

    figures: dict[str, float] = field(default_factory=dict)
    shares: dict[str, Shares] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Station:
    """A running server with all that is needed to measure it."""

    subject: Subject
    upstream_port: int
    scale: Scale
    outcome: Outcome = field(default_factory=Outcome)

    async def check(self) -> None:
        """One answer, complete, for which the model embedded once and was given documents."""
        before = upstream_stats(self.upstream_port)
        pace = Pace(self.scale.tokens)
        call = (await each_once(self.subject, pace, 1))[0]
        self._note("the check", self.subject.read(call, pace).problem)
        after = upstream_stats(self.upstream_port)
        done = {what: after[what] - before[what] for what in ("chats", "embeddings")}
        if done != {"chats": 1, "embeddings": int(self.subject.kind.embeds)}:
            self._note("the check", f"the model was asked for {done}")
        if self.subject.kind.embeds and after["prompt_chars"] - before["prompt_chars"] < _GROUNDED:
            self._note("the check", "the prompt holds fewer documents than it should")

    async def memory(self) -> None:
        """At the start, at rest after some answers, and with streams open."""
        subject, scale, figures = self.subject, self.scale, self.outcome.figures
        figures["memory_start_mb"] = subject.memory_mb()
        for _ in range(_WARM_ANSWERS // 5):
            await each_once(subject, Pace(scale.tokens), 5)
        await asyncio.sleep(scale.rest_s)
        figures["memory_rest_mb"] = rest = subject.memory_mb()
        pace = Pace(scale.open_tokens, _OPEN_RATE)
        calls = [subject.ask(pace) for _ in range(scale.open_streams)]
        tasks = [asyncio.create_task(follow(call, subject.address, 30.0)) for call in calls]
        pairs = list(zip(calls, tasks, strict=True))
        while not all(call.marked_at or task.done() for call, task in pairs):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        streaming = sum(not task.done() for task in tasks)
        if streaming == scale.open_streams:
            figures["memory_stream_kb"] = (subject.memory_mb() - rest) * 1024 / streaming
        await asyncio.gather(*tasks)
        for call in calls:
            self._note("open streams", subject.read(call, pace).problem)

    async def saturated(self, readers: int) -> None:
        """Tokens a second from a model that keeps nobody waiting, and the time to the first."""
        subject, scale = self.subject, self.scale
        pace, name = Pace(scale.tokens), f"saturated_{readers}"
        await each_once(subject, Pace(1), readers)  # connections, caches
        started = time.perf_counter()
        meter = Meter(subject, self.upstream_port)
        calls = await at_once(subject, pace, readers, started + scale.window_s)
        shares, cpu, seconds = meter.shares(), meter.server_s, time.perf_counter() - started
        readings = [subject.read(call, pace) for call in calls]
        for reading in readings:
            self._note(f"{readers} at once", reading.problem)
        good = [reading for reading in readings if reading.problem is None]
        if good:
            tokens = pace.tokens * len(good)
            self.outcome.figures |= {
                f"{name}_tokens_s": tokens / seconds,
                f"{name}_first_ms": median(reading.first_s for reading in good) * 1000,
                f"{name}_token_us": cpu / tokens * 1e6,
            }
            self.outcome.shares[f"{readers} at once"] = shares

    async def unloaded(self) -> None:
        """One paced stream by itself: are its tokens handed on one by one?"""
        pace = paced(self.scale)
        reading = self.subject.read((await each_once(self.subject, pace, 1))[0], pace)
        self._note("one paced stream", reading.problem)
        if reading.problem is None:
            ideal = self.subject.first_s(pace)
            self.outcome.figures |= {
                "paced_one_gap_ms": median(reading.gaps) * 1000,
                "paced_one_added_ms": (reading.first_s - ideal) * 1000,
            }

    async def capacity(self, guess: int, step: float, tell: Callable[[str], None]) -> None:
        """The most paced streams that are held."""

        async def attempt(streams: int) -> Level:
            level = await try_level(self.subject, self.upstream_port, self.scale, streams)
            tell(f"{streams} streams: {level.describe()}")
            return level

        best = await most_held(attempt, guess, self.scale, step)
        self.outcome.figures["paced_streams"] = best.streams if best else 0
        if best and best.shares:
            self.outcome.figures["paced_added_p95_ms"] = best.added_p95_s * 1000
            self.outcome.figures["paced_stretch"] = best.stretch
            self.outcome.figures["paced_gap_p95_ms"] = best.gap_p95_s * 1000
            self.outcome.shares["paced"] = best.shares

    async def logs(self) -> None:
        """stream_log and stream_events: bytes, seconds and CPU by length of the answer."""
        for path, wire in _LOGS:
            for tokens in self.scale.log_tokens:
                repeats = _SHORT_LOG_REPEATS if tokens <= 100 else 1
                await self._log(f"/rag/{path}", wire, tokens, repeats)

    async def _log(
        self, path: str, wire: Callable[[], wires.Wire], tokens: int, repeats: int
    ) -> None:
        subject, pace = self.subject, Pace(tokens)
        calls: list[Call] = []
        meter = Meter(subject, self.upstream_port)
        for _ in range(repeats):
            call = subject.ask(pace, path)
            calls.append(call)
            await follow(call, subject.address, self.scale.log_limit_s)
        cpu = meter.server_s / repeats
        readings = [subject.read(call, pace, wire) for call in calls]
        for reading in readings:
            self._note(f"{path} at {tokens} tokens", reading.problem)
        name = f"{path.removeprefix('/rag/stream_')}_{tokens}"
        if all(reading.problem is None for reading in readings):
            self.outcome.figures |= {
                f"{name}_kb": median(reading.size for reading in readings) / 1000,
                f"{name}_s": median(reading.seconds for reading in readings),
                f"{name}_cpu_s": cpu,
            }
        else:
            await subject.settle()

    def _note(self, where: str, problem: str | None) -> None:
        line = f"{self.subject.kind.label}, {where}: {problem}"
        if problem is not None and line not in self.outcome.problems:
            self.outcome.problems.append(line)
