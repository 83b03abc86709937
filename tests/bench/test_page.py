"""How smooth the page stays: tasks out of a trace, the texts, the table."""

from typing import Any

import pytest

from bench.page import texts
from bench.page.report import tables
from bench.page.tasks import tasks_of


def event(name: str, ts: int, dur: int, tdur: int, tid: int = 1, ph: str = "X") -> dict[str, Any]:
    return {
        "name": name, "cat": "", "ph": ph, "pid": 7, "tid": tid, "ts": ts, "dur": dur, "tdur": tdur
    }  # fmt: skip


MARK = {"name": "begin", "cat": "blink.user_timing", "ph": "I", "pid": 7, "tid": 1, "ts": 0}


def test_tasks_are_those_of_the_marked_thread_with_what_their_time_went_to() -> None:
    trace = [
        MARK,
        event("RunTask", 1000, 9000, 6000),
        event("RunTask", 1000, 90_000, 90_000, tid=2),
        event("FunctionCall", 2000, 4000, 3000),
        event("Layout", 3000, 1000, 1000),
        event("Unheard", 3500, 100, 100),
        event("RunTask", 20_000, 500, 500),
    ]
    first, second = tasks_of(reversed(trace), "begin")
    assert (first.at_ms, first.cpu_ms, first.wall_ms) == (1.0, 6.0, 9.0)
    assert first.parts == {"script": 2.0, "layout": 1.0, "other": 3.0}
    assert second.parts == {"other": 0.5}
    with pytest.raises(ValueError, match="'other'"):
        tasks_of(trace, "other")


@pytest.mark.parametrize("kind", list(texts.TEXTS))
def test_a_question_names_the_text_that_it_is_answered_with(kind: str) -> None:
    question = f"What is retrieval? ({texts.spell(kind)}, bench-4000@300+0/0)"
    assert texts.find(question) == kind
    tokens = texts.tokens(kind)
    assert "".join(tokens[:400]).startswith(texts.TEXTS[kind](0))


def test_no_other_question_names_one() -> None:
    assert texts.find("What is a text-book?") is None


def test_what_is_over_a_goal_is_marked() -> None:
    def answer(cpu_ms: float) -> dict[str, Any]:
        tasks = [{"cpu_ms": cpu_ms, "wall_ms": 90.0}, {"cpu_ms": 1.0, "wall_ms": 2.0}]
        return {"kind": "table", "rate": None, "tasks": tasks, "seconds": 1.0,
                "typing_ms": [8.0, 16.0, 30.0], "scrolling_ms": []}  # fmt: skip

    visit = {"first-paint": 80.0, "first-contentful-paint": 1200.0}
    results = {
        "tokens": 4000,
        "answers": [answer(49.0), answer(51.0)],
        "paints": [{"cold": visit, "warm": visit}],
        "bytes": {"/": 400, "/page/a.js": 90_000},
    }
    lines = tables(results).splitlines()
    assert lines[2] == "| table | full speed | 49 ms | 90 ms | 0 / 1 | 5 % | 16 / 30 ms |  |"
    assert "| 51 ms (over the goal) | 90 ms | 1 / 1 |" in lines[3]
    assert "| cold | 80 ms | 1200 ms (over the goal) |" in lines
    assert "| all | 90,400 |" in lines
