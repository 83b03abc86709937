"""Kinds by name, and which files of no known kind people might read in."""

from pathlib import Path, PurePath

import pytest

from ingest.sources.kinds import is_text_of_unknown_kind, kind_of, suffix_of

PROSE = b"The kettle is descaled every month. Ask the caretaker for the key.\n"


@pytest.mark.parametrize(
    ("name", "body", "is_text"),
    [
        ("guide.adoc", PROSE, True),
        ("guide.wiki", "Der Kessel wird jeden Monat entkalkt. Größe: 3 Liter.".encode(), True),
        ("page.html.j2", b"<p>The kettle is descaled every month.</p>", True),
        ("README", PROSE, True),
        ("guide.adoc", b"", False),
        ("guide.md", PROSE, False),  # of a known kind
        ("main.py", PROSE, False),
        ("data.json", b'{"a": "words and more words"}', False),
        ("Makefile", b"all:\n\techo words and more words\n", False),
        ("run", b"#!/bin/sh\necho words and more words\n", False),
        ("poetry.lock", PROSE, False),
        ("LICENSE", PROSE, False),
        ("paper.pdf", b"%PDF-1.4\nsome words that look like text\n", False),
        ("photo.raw", b"\x89\0\1" + PROSE, False),
        ("table.dump", b"1;2;3\n4;5;6\n" * 20, False),
    ],
)
def test_text_of_unknown_kind(name: str, body: bytes, is_text: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(body)
    assert is_text_of_unknown_kind(tmp_path / name) is is_text


def test_what_cannot_be_read_is_no_text(tmp_path: Path) -> None:
    assert not is_text_of_unknown_kind(tmp_path / "none.adoc")


def test_suffixes_as_they_are_counted() -> None:
    named = {"a.PDF": ".pdf", "b.html.j2": ".html.j2", "c": "without suffix", "d.tar.gz": ".gz"}
    assert {name: suffix_of(PurePath(name)) for name in named} == named


def test_suffixes_are_read_in_any_case() -> None:
    assert [kind_of(PurePath(name)) for name in ("a.MDX", "a.Rst", "a.adoc")] == [
        "mdx",
        "rst",
        None,
    ]
