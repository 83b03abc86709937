"""A folder of corpora and questions: `*.md`, and `questions.csv` that says where answers stand.

With folders `multilingual` and `conversation` in it also what these have.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.eval.conversations import Conversations, load_conversations
from bench.eval.fields import DatasetError, place, read_text
from bench.eval.multilingual import Translation, load_translations
from bench.eval.span import Span

QUESTIONS = "questions.csv"
TRANSLATIONS = "multilingual"
CONVERSATIONS = "conversation"
_COLUMNS = ("question", "references", "corpus_id")
_NO_CORPUS = "README"
_LONGEST_FIELD = 10_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the ranges of its corpus that answer it."""

    text: str
    corpus: str
    references: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """The corpora's texts by name, the questions in the file's order."""

    folder: Path
    corpora: Mapping[str, str]
    questions: Sequence[Question]
    mismatches: Sequence[str] = field(default=())
    """References whose `content` is not what stands at their place; the place counts."""
    translations: Mapping[str, Translation] = field(default_factory=dict)
    """By language: other articles and questions, of the part about languages."""
    conversations: Conversations = field(default_factory=Conversations)
    """Other passages and questions, of the part about conversations."""


@dataclass(frozen=True, slots=True)
class _Reference:
    content: str
    start: int
    end: int
    where: str


def load(folder: Path) -> Dataset:
    """Read a folder. Raises DatasetError naming file, row and field."""
    corpora = {
        path.stem: read_text(path)
        for path in sorted(folder.glob("*.md"))
        if path.stem != _NO_CORPUS and path.is_file()
    }
    if not corpora:
        raise DatasetError(f"{folder}: expected corpora, files named *.md, got none")
    rows = _rows(folder / QUESTIONS)
    asked = [
        (row["question"].strip(), row["corpus_id"], _references(row["references"], where))
        for where, row in rows
    ]
    for (where, _), (question, corpus, *_) in zip(rows, asked, strict=True):
        if not question:
            raise DatasetError(f"{where}, field question: expected text, got nothing")
        if corpus not in corpora:
            raise DatasetError(
                f"{where}, field corpus_id: expected one of {', '.join(corpora)}, got {corpus!r}"
            )
    for name, text in corpora.items():
        of_it = [reference for _, corpus, found in asked if corpus == name for reference in found]
        corpora[name] = _with_their_line_ends(text, of_it)
    mismatches = []
    for _, corpus, references in asked:
        text = corpora[corpus]
        for reference in references:
            if reference.end > len(text):
                raise DatasetError(
                    f"{reference.where}, end_index: expected at most {len(text)}, the length of "
                    f"{corpus}.md, got {reference.end}"
                )
            if not _fits(text, reference):
                there = text[reference.start : reference.end]
                mismatches.append(
                    f"{reference.where}: {corpus}.md[{reference.start}:{reference.end}] is "
                    f"{there[:60]!r}, content is {reference.content[:60]!r}"
                )
    questions = [
        Question(text, corpus, tuple(Span(corpus, one.start, one.end) for one in references))
        for text, corpus, references in asked
    ]
    translations = load_translations(folder / TRANSLATIONS)
    talks = load_conversations(folder / CONVERSATIONS)
    return Dataset(folder, corpora, questions, mismatches, translations, talks)


def _rows(path: Path) -> list[tuple[str, dict[str, str]]]:
    """The rows, each with the words that name it in messages."""
    csv.field_size_limit(_LONGEST_FIELD)
    if not path.is_file():
        raise DatasetError(f"{path}: expected a file, got none")
    reader = csv.DictReader(io.StringIO(read_text(path).removeprefix("\ufeff"), newline=""))
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise DatasetError(
            f"{path}: expected the columns {', '.join(_COLUMNS)}, got no {', '.join(missing)}"
        )
    rows = []
    for number, row in enumerate(reader, start=1):
        where = f"{path}, row {number}"
        for name in _COLUMNS:
            if row[name] is None:
                raise DatasetError(f"{where}, field {name}: expected a value, got none")
        rows.append((where, row))
    if not rows:
        raise DatasetError(f"{path}: expected questions, got none")
    return rows


def _references(value: str, where: str) -> list[_Reference]:
    where = f"{where}, field references"
    try:
        items = json.loads(value)
    except ValueError as error:
        raise DatasetError(f"{where}: expected JSON, got {value[:60]!r} ({error})") from None
    if not isinstance(items, list) or not items:
        raise DatasetError(f"{where}: expected a list of references, got {value[:60]!r}")
    return [
        _reference(item, f"{where}, item {number}") for number, item in enumerate(items, start=1)
    ]


def _reference(item: Any, where: str) -> _Reference:
    if not isinstance(item, dict):
        raise DatasetError(f"{where}: expected an object, got {item!r}")
    content = item.get("content")
    if not isinstance(content, str):
        raise DatasetError(f"{where}, content: expected text, got {content!r}")
    start, end = (place(item.get(key), f"{where}, {key}") for key in ("start_index", "end_index"))
    if end <= start:
        raise DatasetError(f"{where}, end_index: expected more than {start}, got {end}")
    return _Reference(content, start, end, where)


def _with_their_line_ends(text: str, references: Sequence[_Reference]) -> str:
    """The text as its references count it: some tools count `\\r\\n` as one character."""
    if "\r" not in text:
        return text
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    as_it_is = sum(_fits(text, reference) for reference in references)
    return plain if sum(_fits(plain, reference) for reference in references) > as_it_is else text


def _fits(text: str, reference: _Reference) -> bool:
    return text[reference.start : reference.end] == reference.content
