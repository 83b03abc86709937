"""Sources as numbered lines."""

from typing import Any

from langchain_core.documents import Document

from rag_stream.terminal.sources import cited, found
from tests.support.told_events import citation


def document(source: str, **metadata: Any) -> Document:
    return Document("text", metadata={"source": source, **metadata})


DOCUMENTS = [
    document("guide.md", title="Guide", section="Guide > Install"),
    document("notes.md"),
    document("a.pdf", title="A", page=7, page_label="vii"),
    document("guide.md", title="Guide", section="Guide > Install"),
    document("b.pdf", title="B", page=3),
]


def test_each_cited_document_once_by_its_marker() -> None:
    lines = cited(DOCUMENTS, [citation(2), citation(0), citation(2), citation(3)])
    assert list(map(str, lines)) == [
        "[1] Guide (guide.md, Guide > Install)",
        "[3] A (a.pdf, page vii)",
        "[4] Guide (guide.md, Guide > Install)",
    ]


def test_each_found_place_once_best_first() -> None:
    assert list(map(str, found(DOCUMENTS))) == [
        "[1] Guide (guide.md, Guide > Install)",
        "[2] notes.md",
        "[3] A (a.pdf, page vii)",
        "[5] B (b.pdf, page 3)",
    ]


def test_what_names_hold_is_harmless_and_bounded() -> None:
    (line,) = found([document("a\x1b[2Jb", title="T\x9b" + "x" * 500, page="\x1b[1m")])
    assert "\x1b" not in str(line) + str(line)
    assert str(line).isprintable()
    assert len(line.title) < 250
    assert line.place == "a\\x1b[2Jb, page \\x1b[1m"
