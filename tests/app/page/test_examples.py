"""Questions to begin with: headings that say something, of documents that lie far apart."""

import pytest
from langchain_core.documents import Document

from app.page.examples import MOST, TITLE, Example, chosen, example_in, spread


def chunks(title: str, *sections: str) -> list[Document]:
    """Those of one document, each below another heading; "" is below none."""
    given = [{"title": title, **({"section": section} if section else {})} for section in sections]
    return [Document("", metadata={"source": "docs/guide.md", **one}) for one in given]


@pytest.mark.parametrize(
    ("title", "sections", "text"),
    [
        ("Guide", ("Guide > Running several workers",), "Running several workers"),
        # A question before a topic, whatever stands first.
        ("Guide", ("Guide > Several workers", "How do I stop it?"), "How do I stop it?"),
        ("指南", ("指南 > 如何更换电池?", "指南 > 简介"), "如何更换电池?"),
        # What all documents have says nothing, under another heading neither.
        ("Otter Guide", ("Otter Guide > Introduction", "Otter Guide > Overview"), "Otter Guide"),
        ("Handbuch", ("Handbuch > Zusammenfassung", "Handbuch > Akku wechseln"), "Akku wechseln"),
        # A topic in one word is told with what it is below.
        ("Guide", ("Guide > Redis",), "Guide: Redis"),
        ("Task Decomposition", ("", ""), "Task Decomposition"),
    ],
)
def test_the_heading_that_says_most_is_taken(
    title: str, sections: tuple[str, ...], text: str
) -> None:
    example = example_in(chunks(title, *sections))
    assert example is not None
    assert example.text == text
    assert (example.rank == TITLE) == (text == title)


@pytest.mark.parametrize(
    ("title", "sections"),
    [("README", ("Introduction",)), ("Guide", ("",)), ("x " * 50, ("",)), ("简介", ("概述",))],
)
def test_headings_that_say_nothing_are_no_examples(title: str, sections: tuple[str, ...]) -> None:
    assert example_in(chunks(title, *sections)) is None
    assert example_in([]) is None


def test_titles_are_shown_only_where_nothing_else_is_left() -> None:
    title, *others = (Example(text, TITLE + (text != "t")) for text in "tabcd")
    assert chosen([title, *others]) == ["a", "b", "c"]
    assert chosen([title, *others[:1], *others[:1]]) == ["a", "t"]
    assert len(chosen(others)) == MOST


@pytest.mark.parametrize("count", [0, 1, 2, 3, 12, 1000])
def test_documents_are_taken_from_all_over(count: int) -> None:
    places = list(spread(count, 12))
    assert len(places) == len(set(places)) == min(count, 12)
    assert all(0 <= place < count for place in places)
    if count == 1000:
        assert places[:4] == [500, 250, 750, 125]
