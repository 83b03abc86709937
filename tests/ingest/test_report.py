"""What an ingest run tells people and machines."""

import io
import json
from collections import Counter
from dataclasses import replace

import pytest

from ingest.recipe import Comparison
from ingest.report import Report
from ingest.sources.left_out import LeftOut
from rag_stream.errors import SourceError
from rag_stream.indexing.outcome import Outcome
from rag_stream.indexing.recipe import Cut, Recipe

OUTCOMES = [
    Outcome("a.md", "added", 3, embedded=3),
    Outcome("b.md", "unchanged", 2),
    Outcome("c.md", "changed", 4, embedded=1, deleted=2),
]


def told(*, as_json: bool = False, dry_run: bool = False) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    report = Report(4, as_json=as_json, dry_run=dry_run, out=out, err=err)
    for outcome in OUTCOMES:
        report.done(outcome)
    report.problem(SourceError("d.md: does not exist"))
    report.close(1.26)
    return out.getvalue(), err.getvalue()


def test_people_get_changes_and_a_closing_line() -> None:
    out, err = told()
    assert out.splitlines() == [
        "added a.md: 3 chunks (3 embedded, 0 deleted)",
        "changed c.md: 4 chunks (1 embedded, 2 deleted)",
        "1 added, 1 changed, 1 unchanged, 0 removed, 1 failed; "
        "9 chunks (4 embedded, 2 deleted) in 1.3 s",
    ]
    assert err == "ingest: d.md: does not exist\n"


def test_a_dry_run_says_so() -> None:
    lines = told(dry_run=True)[0].splitlines()
    assert lines[0].startswith("would be added a.md")
    assert lines[-1].startswith("dry run, nothing written: 1 added")


def test_machines_get_one_object_a_line() -> None:
    out, err = told(as_json=True)
    events = [json.loads(line) for line in out.splitlines()]
    assert [event["event"] for event in events] == ["source"] * 3 + ["problem", "summary"]
    assert events[3] == {
        "event": "problem",
        "code": "bad_source",
        "message": "d.md: does not exist",
    }
    assert events[-1]["failed"] == 1
    assert events[-1]["embedded"] == 4
    assert "does not exist" in err


def test_another_recipe_is_one_line_and_an_event_of_its_own() -> None:
    made = Recipe(Cut("sentences", 1, 300, 0), (0.5, 0.25), "m", 384)
    now = replace(made, cut=replace(made.cut, size=500), dimension=None)
    told = {}
    for as_json in (False, True):
        out, err = io.StringIO(), io.StringIO()
        report = Report(1, as_json=as_json, out=out, err=err)
        report.recipe(Comparison("rag", made, made))
        report.recipe(Comparison("rag", made, now))
        told[as_json] = out.getvalue(), err.getvalue()
    out_of_people, line = told[False]
    assert (out_of_people, line.count("\n")) == ("", 1)
    assert line.startswith("ingest: the index 'rag' was made otherwise: chunk size 300, now 500;")
    events, err_of_machines = told[True]
    assert err_of_machines == ""
    event = json.loads(events)
    assert f"ingest: {event.pop('message')}\n" == line
    assert event == {
        "event": "recipe",
        "index": "rag",
        "made": made.metadata(),
        "configured": now.metadata(),
        "differences": ["chunk size 300, now 500"],
    }


@pytest.mark.parametrize(("dry_run", "verb"), [(False, "is"), (True, "would be")])
def test_the_model_of_a_new_index_is_one_line_or_an_event(dry_run: bool, verb: str) -> None:
    line = f"the index 'rag' {verb} begun with the embedding model local:m@1: nothing is set"
    for as_json in (False, True):
        out, err = io.StringIO(), io.StringIO()
        report = Report(1, as_json=as_json, dry_run=dry_run, out=out, err=err)
        report.chosen("rag", "local:m@1", "nothing is set")
        assert err.getvalue() == ""
        if as_json:
            assert json.loads(out.getvalue()) == {
                "event": "embedding_model",
                "index": "rag",
                "embedding_model": "local:m@1",
                "why": "nothing is set",
                "message": line,
            }
        else:
            assert out.getvalue() == f"{line}\n"


def test_no_bar_where_nobody_looks() -> None:
    assert "\r" not in "".join(told())


def test_names_cannot_steer_a_terminal_nor_fail_to_print() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    err = io.StringIO()
    report = Report(2, as_json=False, out=out, err=err)
    report.done(Outcome("日\x1b[2J\udcff.md", "added", 1))
    report.problem(SourceError(f"a\nb\x1b]0;c\udcff{'x' * 10_000}: does not exist"))
    out.flush()
    assert raw.getvalue().startswith(b"added \\u65e5\\x1b[2J\\udcff.md: 1 chunks")
    assert err.getvalue().startswith("ingest: a\\nb\\x1b]0;c\\udcffxxx")
    assert err.getvalue().endswith(": does not exist\n")
    assert len(err.getvalue()) < 650


def test_machines_get_json_whatever_the_stream_can_take() -> None:
    for encoding in ("ascii", "latin-1", "utf-8"):
        raw = io.BytesIO()
        out = io.TextIOWrapper(raw, encoding=encoding)
        report = Report(1, as_json=True, out=out, err=io.StringIO())
        report.done(Outcome("é日😀.md", "added", 1))
        assert json.loads(raw.getvalue().decode(encoding))["source"] == "é日😀.md"


def test_what_is_empty_and_what_was_left_out_is_told() -> None:
    left_out = LeftOut(Counter({".pdf": 9, ".docx": 2, ".html.j2": 1}))
    for as_json in (False, True):
        out, err = io.StringIO(), io.StringIO()
        report = Report(1, as_json=as_json, out=out, err=err)
        report.empty("a\x1b.md")
        report.left_out(left_out)
        report.left_out(LeftOut())
        report.close(0)
        assert err.getvalue().splitlines() == [
            "ingest: empty a\\x1b.md: there is no text in it",
            "ingest: left out 12 files: 9 .pdf, 2 .docx, 1 .html.j2",
        ]
        if not as_json:
            assert "0 failed, 1 empty;" in out.getvalue()
            continue
        empty, left, summary = map(json.loads, out.getvalue().splitlines())
        assert empty == {"event": "empty", "source": "a\x1b.md"}
        assert (left["files"], left["by_suffix"][".pdf"]) == (12, 9)
        assert summary["empty"] == 1


def test_of_texts_that_were_left_out_it_is_told_how_to_read_them() -> None:
    left_out = LeftOut(Counter({".adoc": 2, ".png": 1}), 2, texts_by_suffix=Counter({".adoc": 2}))
    out, err = io.StringIO(), io.StringIO()
    Report(1, as_json=True, out=out, err=err).left_out(left_out)
    assert json.loads(out.getvalue())["texts_by_suffix"] == {".adoc": 2}
    assert err.getvalue().splitlines()[1] == (
        "ingest: text among what is left out: 2 .adoc; read as plain text with --include '*.adoc'"
    )


def test_what_was_learned_of_a_root_is_told() -> None:
    for as_json, dry_run in ((False, False), (False, True), (True, False)):
        out, err = io.StringIO(), io.StringIO()
        report = Report(1, as_json=as_json, dry_run=dry_run, out=out, err=err)
        report.learned("docs", 1, 9)
        verb = "would be" if dry_run else "are"
        assert err.getvalue() == (
            "ingest: docs: 1 text that repeats at the ends of most of its 9 pages"
            f" {verb} left out of them\n"
        )
        event = {"event": "learned", "root": "docs", "texts": 1, "pages": 9}
        assert [json.loads(line) for line in out.getvalue().splitlines()] == [event] * as_json
