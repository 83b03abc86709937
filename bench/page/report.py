"""The figures of the page as Markdown; what is over a goal is marked. Pure."""

from statistics import median
from typing import Any

TASK_MS = 50.0
"""The longest that a task of the main thread may work."""
PAINT_MS = 1000.0
BYTES = 150_000


def tables(results: dict[str, Any]) -> str:
    """All tables, one after the other."""
    return "\n".join((_answers(results), _paints(results), _bytes(results)))


def longest(answer: dict[str, Any], clock: str) -> float:
    """The longest task of an answer by `cpu_ms` or `wall_ms`."""
    return float(max((task[clock] for task in answer["tasks"]), default=0.0))


def _answers(results: dict[str, Any]) -> str:
    rows = [
        [
            f"{results['tokens']:,} tokens of",
            "tokens/s",
            "longest task, CPU",
            "longest task, wall",
            "tasks over 50 ms, CPU / wall",
            "CPU of the thread",
            "typing: median / longest",
            "scrolling: median / longest",
        ]
    ]
    for answer in results["answers"]:
        cpu = longest(answer, "cpu_ms")
        over = [
            sum(task[clock] > TASK_MS for task in answer["tasks"])
            for clock in ("cpu_ms", "wall_ms")
        ]
        work = sum(task["cpu_ms"] for task in answer["tasks"]) / answer["seconds"] / 10
        rows.append(
            [
                answer["kind"],
                str(answer["rate"] or "full speed"),
                f"{cpu:.0f} ms{_mark(cpu, TASK_MS)}",
                f"{longest(answer, 'wall_ms'):.0f} ms",
                f"{over[0]} / {over[1]}",
                f"{work:.0f} %",
                _delays(answer["typing_ms"]),
                _delays(answer["scrolling_ms"]),
            ]
        )
    return _table(rows)


def _paints(results: dict[str, Any]) -> str:
    rows = [["visit", "first paint", "first contentful paint"]]
    for name in ("cold", "warm"):
        row = [name]
        for paint in ("first-paint", "first-contentful-paint"):
            times = [visit[name][paint] for visit in results["paints"]]
            row.append(f"{median(times):.0f} ms{_mark(median(times), PAINT_MS)}")
        rows.append(row)
    return _table(rows)


def _bytes(results: dict[str, Any]) -> str:
    sent: dict[str, int] = results["bytes"]
    rows = [["file", "bytes as sent"], *([f"`{name}`", f"{size:,}"] for name, size in sent.items())]
    total = sum(sent.values())
    return _table([*rows, ["all", f"{total:,}{_mark(total, BYTES)}"]])


def _delays(times: list[float]) -> str:
    return f"{median(times):.0f} / {max(times):.0f} ms" if times else ""


def _mark(value: float, goal: float) -> str:
    return "" if value <= goal else " (over the goal)"


def _table(rows: list[list[str]]) -> str:
    all_rows = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "".join(f"| {' | '.join(row)} |\n" for row in all_rows)
