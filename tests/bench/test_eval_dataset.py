"""Folders of corpora and questions: what is read, and what is wrong with a bad one."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.eval.dataset import load
from bench.eval.fields import DatasetError
from bench.eval.span import Span
from tests.support.paths import ROOT
from tests.support.service import clean_environment

SAMPLE = ROOT / "tests" / "data" / "eval"
TEXT = "One sentence. Another one. A third."
GOOD = {"content": "Another one.", "start_index": 14, "end_index": 26}


def folder(at: Path, *rows: tuple[str, Any, str], text: str = TEXT, head: str = "question") -> Path:
    (at / "notes.md").write_bytes(text.encode())
    (at / "README.md").write_text("About this folder.")
    with (at / "questions.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([head, "references", "corpus_id"])
        for question, references, corpus in rows:
            value = references if isinstance(references, str) else json.dumps(references)
            writer.writerow([question, value, corpus])
    return at


def test_questions_and_where_their_answers_stand(tmp_path: Path) -> None:
    data = load(folder(tmp_path, ("Which,\nof all?", [GOOD], "notes")))
    assert dict(data.corpora) == {"notes": TEXT}
    (question,) = data.questions
    assert question.text == "Which,\nof all?"
    assert question.references == (Span("notes", 14, 26),)
    assert data.mismatches == []


def test_a_reference_that_stands_elsewhere_is_told_and_its_place_counts(tmp_path: Path) -> None:
    data = load(folder(tmp_path, ("Which?", [{**GOOD, "content": "Another two."}], "notes")))
    assert data.questions[0].references == (Span("notes", 14, 26),)
    (told,) = data.mismatches
    for part in ("questions.csv, row 1, field references, item 1", "'Another one.'", "two"):
        assert part in told


@pytest.mark.parametrize("start", [15, 14])
def test_line_ends_count_as_the_references_count_them(tmp_path: Path, start: int) -> None:
    text = TEXT.replace(". A", ".\r\nA", 1)
    reference = {**GOOD, "start_index": start, "end_index": start + 12}
    data = load(folder(tmp_path, ("Which?", [reference], "notes"), text=text))
    assert data.mismatches == []
    assert ("\r" in data.corpora["notes"]) == (start == 15)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ((" ", [GOOD], "notes"), "row 1, field question: expected text, got nothing"),
        (("Q", [GOOD], "note"), "field corpus_id: expected one of notes, got 'note'"),
        (("Q", "{", "notes"), "field references: expected JSON, got '{'"),
        (("Q", [], "notes"), "field references: expected a list of references"),
        (("Q", {"content": "x"}, "notes"), "expected a list of references"),
        (("Q", [7], "notes"), "item 1: expected an object, got 7"),
        (("Q", [{**GOOD, "content": 5}], "notes"), "item 1, content: expected text, got 5"),
        (("Q", [GOOD, {**GOOD, "start_index": "14"}], "notes"), "item 2, start_index: expected"),
        (("Q", [{**GOOD, "start_index": -1}], "notes"), "from 0 up, got -1"),
        (("Q", [{**GOOD, "end_index": 14}], "notes"), "end_index: expected more than 14, got 14"),
        (("Q", [{**GOOD, "end_index": 99}], "notes"), "the length of notes.md, got 99"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: tuple[str, Any, str], complaint: str) -> None:
    with pytest.raises(DatasetError) as caught:
        load(folder(tmp_path, row))
    assert complaint in str(caught.value)
    assert str(tmp_path / "questions.csv") in str(caught.value)


def test_a_bad_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="expected corpora"):
        load(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="expected questions, got none"):
        load(folder(tmp_path))
    with pytest.raises(DatasetError, match="got no question"):
        load(folder(tmp_path, ("Q", [GOOD], "notes"), head="asked"))
    (tmp_path / "questions.csv").write_text("question,references,corpus_id\nQ\n")
    with pytest.raises(DatasetError, match="row 1, field references: expected a value"):
        load(tmp_path)
    (tmp_path / "notes.md").write_bytes(b"\xff")
    with pytest.raises(DatasetError, match=r"notes.md: expected UTF-8"):
        load(tmp_path)
    (tmp_path / "notes.md").write_text(TEXT)
    (tmp_path / "questions.csv").unlink()
    with pytest.raises(DatasetError, match="questions.csv: expected a file"):
        load(tmp_path)


def test_the_sample_is_whole() -> None:
    data = load(SAMPLE)
    assert data.mismatches == []
    assert sorted(data.corpora) == ["agents", "search", "service"]
    assert len(data.questions) >= 60
    assert sum(len(question.references) > 1 for question in data.questions) >= 10
    assert len({question.text for question in data.questions}) == len(data.questions)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--only", "nothing"], "expected some of retrieval"),
        (["--data", "/nowhere"], "expected corpora"),
    ],
)
def test_bad_options_are_named(arguments: list[str], complaint: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.eval", *arguments],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert complaint in done.stderr
