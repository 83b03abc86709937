"""The main thread's tasks, out of what Chromium has traced of itself. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_PARTS = {
    "FunctionCall": "script",
    "EvaluateScript": "script",
    "FireAnimationFrame": "script",
    "TimerFire": "script",
    "RunMicrotasks": "script",
    "EventDispatch": "script",
    "V8.GC_MC_BACKGROUND_MARKING": "collection",
    "MajorGC": "collection",
    "MinorGC": "collection",
    "ParseHTML": "parsing",
    "UpdateLayoutTree": "style",
    "Layout": "layout",
    "PrePaint": "paint",
    "Paint": "paint",
    "Layerize": "paint",
    "Commit": "paint",
    "HitTest": "input",
}
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Task:
    """One task: what the thread itself has worked, and what passed meanwhile, in ms."""

    at_ms: float
    cpu_ms: float
    wall_ms: float
    parts: dict[str, float]
    """CPU by what it was spent on, without what is within it."""


def tasks_of(events: Iterable[dict[str, Any]], mark: str) -> list[Task]:
    """The tasks of the renderer's main thread that set the mark (`performance.mark`)."""
    all_of_them = list(events)
    thread = _thread(all_of_them, mark)
    ours = [
        event
        for event in all_of_them
        if event.get("ph") == "X" and (event["pid"], event["tid"]) == thread
    ]
    ours.sort(key=lambda event: (event["ts"], -event["dur"]))
    tasks: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    for event in ours:
        if event["name"] == "RunTask":
            if not tasks or event["ts"] >= _end(tasks[-1][0]):
                tasks.append((event, []))
        elif tasks and event["ts"] < _end(tasks[-1][0]):
            tasks[-1][1].append(event)
    return [
        Task(task["ts"] / 1000, _cpu(task), task["dur"] / 1000, _parts(task, inner))
        for task, inner in tasks
    ]


def _thread(events: list[dict[str, Any]], mark: str) -> tuple[int, int]:
    for event in events:
        if event["name"] == mark and "blink.user_timing" in event.get("cat", ""):
            return event["pid"], event["tid"]
    raise ValueError(f"expected the mark {mark!r} in the trace, got none")


def _parts(task: dict[str, Any], inner: list[dict[str, Any]]) -> dict[str, float]:
    """CPU by part; each event's own, without that of the events within it."""
    spent: dict[str, float] = defaultdict(float)
    around = [(task, OTHER)]
    for event in inner:
        while event["ts"] >= _end(around[-1][0]):
            around.pop()
        part = _PARTS.get(event["name"], around[-1][1])
        spent[part] += _cpu(event)
        spent[around[-1][1]] -= _cpu(event)
        around.append((event, part))
    spent[OTHER] += _cpu(task)
    return {part: round(ms, 3) for part, ms in spent.items() if ms > 0.005}


def _cpu(event: dict[str, Any]) -> float:
    """The thread's own time; none is told of an event shorter than the clock's tick."""
    return float(event.get("tdur", 0)) / 1000


def _end(event: dict[str, Any]) -> float:
    return float(event["ts"] + event["dur"])
