"""Conversations whose last turn is a question, with the passages that answer it.

A folder `conversation`: `passages.jsonl` {id, text}; `tasks.jsonl` {id, messages: [{role,
content}], relevant: [passage id], answerability}. What stands before the last `-` of a task's id
names its conversation, and decides which half it belongs to.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.eval.fields import DatasetError, read_text, text
from rag_stream.conversation import Conversation, Turn, parse_messages
from rag_stream.errors import InvalidInputError

HELD_OUT = "held out"
HALVES = ("tuned on", HELD_OUT)
"""Settings may be chosen on the first one."""
ANSWERABLE, UNANSWERABLE = "ANSWERABLE", "UNANSWERABLE"


@dataclass(frozen=True, slots=True)
class Task:
    """A question, what was said before it, and the passages that answer it."""

    id: str
    asked: Conversation
    relevant: frozenset[str]
    answerability: str

    @property
    def half(self) -> str:
        name = self.id.rpartition("-")[0] or self.id
        return HALVES[hashlib.sha256(name.encode()).digest()[0] % 2]

    @property
    def history(self) -> tuple[Turn, ...]:
        return self.asked.history


@dataclass(frozen=True, slots=True)
class Conversations:
    """The texts of the passages by id, and the tasks in the file's order."""

    passages: Mapping[str, str] = field(default_factory=dict)
    tasks: Sequence[Task] = ()

    @property
    def follow_ups(self) -> list[Task]:
        return [task for task in self.tasks if task.history and task.relevant]

    @property
    def first_turns(self) -> list[Task]:
        return [task for task in self.tasks if not task.history and task.relevant]


def load_conversations(folder: Path) -> Conversations:
    """A folder's; none where there is none. Raises DatasetError naming file, line and field."""
    if not folder.is_dir():
        return Conversations()
    passages = {
        text(told.get("id"), f"{where}, id"): text(told.get("text"), f"{where}, text")
        for where, told in _lines(folder / "passages.jsonl")
    }
    tasks = [_task(told, where, passages) for where, told in _lines(folder / "tasks.jsonl")]
    return Conversations(passages, tasks)


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        where = f"{path}, line {number}"
        try:
            told = json.loads(line)
        except ValueError as error:
            raise DatasetError(f"{where}: expected JSON, got {error}") from None
        if not isinstance(told, dict):
            raise DatasetError(f"{where}: expected an object, got {told!r}")
        yield where, told


def _task(told: Mapping[str, Any], where: str, passages: Mapping[str, str]) -> Task:
    try:
        asked = parse_messages(told.get("messages"))
    except InvalidInputError as error:
        raise DatasetError(f"{where}, {error}") from None
    relevant = told.get("relevant")
    if not isinstance(relevant, list) or not passages.keys() >= set(relevant):
        raise DatasetError(f"{where}, relevant: expected ids of passages, got {relevant!r}")
    id, kind = (text(told.get(key), f"{where}, {key}") for key in ("id", "answerability"))
    return Task(id, asked, frozenset(relevant), kind)
