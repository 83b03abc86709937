"""Conversations with known answers: what is read, and what is asked after which talk."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.eval.conversation import switched
from bench.eval.conversations import HALVES, Conversations, Task, load_conversations
from bench.eval.fields import DatasetError
from rag_stream.conversation import Turn
from tests.support.paths import ROOT

SAMPLE = ROOT / "tests" / "data" / "eval" / "conversation"
MESSAGES = [
    {"role": "user", "content": "Where is the key?"},
    {"role": "assistant", "content": "In the post office."},
    {"role": "user", "content": "And the lamp?"},
]
TASK = {"id": "t1-2", "messages": MESSAGES, "relevant": ["p"], "answerability": "ANSWERABLE"}


def written(folder: Path, **changes: Any) -> Path:
    (folder / "passages.jsonl").write_text(json.dumps({"id": "p", "text": "The lamp is below."}))
    (folder / "tasks.jsonl").write_text(json.dumps(TASK | changes) + "\n")
    return folder


def test_a_question_and_what_was_said_before_it(tmp_path: Path) -> None:
    told = load_conversations(written(tmp_path))
    (task,) = told.follow_ups
    assert dict(told.passages) == {"p": "The lamp is below."}
    assert task.asked.question == "And the lamp?"
    assert task.history[0] == Turn("user", "Where is the key?")
    assert (task.relevant, told.first_turns) == ({"p"}, [])


def test_a_folder_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert load_conversations(tmp_path / "nowhere") == Conversations()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"id": ""}, "tasks.jsonl, line 1, id: expected text, got ''"),
        ({"messages": []}, "line 1, messages: expected the user's message at the end"),
        ({"messages": MESSAGES[:2]}, r"line 1, messages.1.role: expected the user's message"),
        ({"relevant": ["q"]}, r"line 1, relevant: expected ids of passages, got \['q'\]"),
        ({"relevant": "p"}, "line 1, relevant: expected ids of passages, got 'p'"),
        ({"answerability": None}, "line 1, answerability: expected text, got None"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DatasetError, match=complaint):
        load_conversations(written(tmp_path, **changes))


@pytest.mark.parametrize("line", ["7", "{"])
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str) -> None:
    (written(tmp_path) / "tasks.jsonl").write_text(f"{json.dumps(TASK)}\n{line}\n")
    with pytest.raises(DatasetError, match="tasks.jsonl, line 2: expected"):
        load_conversations(tmp_path)


def test_a_conversation_is_in_one_half_whatever_its_turn() -> None:
    tasks = [Task(f"{n}-{turn}", None, frozenset(), "") for n in range(40) for turn in (1, 9)]  # type: ignore[arg-type]
    halves = [task.half for task in tasks]
    assert halves[::2] == halves[1::2]
    assert set(halves) == set(HALVES)


def test_a_topic_switch_comes_after_another_conversation() -> None:
    told = load_conversations(SAMPLE)
    pairs = switched(told)
    assert len(pairs) == len(told.follow_ups) + len(told.first_turns)
    by_history = {task.history: task for task in told.tasks if task.history}
    for task, history in pairs:
        other = by_history[history]
        assert other.id != task.id
        assert not other.relevant & task.relevant
