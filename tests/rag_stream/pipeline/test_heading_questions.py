"""Headings of what was retrieved as what may be asked next."""

import pytest
from langchain_core.documents import Document

from rag_stream.pipeline.heading_questions import MAX_CHARS, heading_questions


def under(section: str, title: str = "Guide") -> Document:
    metadata = {"title": title, "section": section, "source": "https://example.com/guide"}
    return Document("A text.", metadata=metadata)


BACKUP, RESTORE = under("Guide > Making backups"), under("Guide > How do I restore one?")


@pytest.mark.parametrize(
    ("question", "documents", "cited", "expected"),
    [
        (
            "Why?",
            [BACKUP, RESTORE, BACKUP],
            [],
            ["Making backups", "How do I restore one?"],
        ),
        ("Is making backups easy?", [BACKUP, RESTORE], [1], ["How do I restore one?"]),
        ("How do I restore one?", [RESTORE], [], []),
        ("Why?", [BACKUP, RESTORE], [0], ["How do I restore one?", "Making backups"]),
        ("Why?", [under("Guide > Backup > Cost")], [], ["Backup: Cost"]),
        ("Why?", [under("Anleitung > Kosten der Sicherung")], [], ["Kosten der Sicherung"]),
        ("Why?", [under("指南 > 备份和恢复数据")], [], ["备份和恢复数据"]),
        ("Why?", [under(f"Guide > {'long words ' * 20}"), under("")], [], ["Guide"]),
        ("Why?", [Document("A text.")], [], []),
    ],
    ids=["each once", "asked", "all asked", "cited last", "short", "de", "zh", "long", "none"],
)
def test_they_are_headings_that_were_not_asked_about(
    question: str, documents: list[Document], cited: list[int], expected: list[str]
) -> None:
    found = heading_questions(question, documents, cited, 3)
    assert found == expected
    assert all(len(one) <= MAX_CHARS for one in found)


def test_there_are_no_more_than_are_wanted() -> None:
    documents = [under(f"Guide > Chapter of {word}") for word in ("cats", "dogs", "fish")]
    assert len(heading_questions("Why?", documents, [], 2)) == 2
