"""What a marker stands for, and when its citation comes."""

import pytest
from langchain_core.documents import Document

from rag_stream.citations.tracker import CitationTracker
from rag_stream.schema import Citation
from tests.support.cited import DOCUMENTS, cited, pairs


def test_a_citation_has_the_declared_shape() -> None:
    out, found = cited(["The moon circles the earth every 27 days [1", "]. Next."])
    assert out == "The moon circles the earth every 27 days [1]. Next."
    assert [citation.model_dump() for citation in found] == [
        {
            "marker": 1,
            "answer_start": 0,
            "answer_end": 40,
            "document": 0,
            "quote": "The moon circles the earth every 27 days",
            "quote_start": 27,
            "quote_end": 67,
            "support": 1.0,
        }
    ]
    Citation.model_validate(found[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is [1]. It was [2].", [(1, "It is"), (2, "It was")]),
        ("It is. [1] It was. [2]", [(1, "It is."), (2, "It was.")]),
        ("It is [1][2], and it was [3].", [(1, "It is"), (2, "It is"), (3, "and it was")]),
        ("It is [1], [2] and [3].", [(1, "It is"), (2, "It is"), (3, "It is")]),
        ("It is [1, 99, 3].", [(1, "It is"), (3, "It is")]),
        ("[1] says so. Next.", [(1, "says so.")]),
        ("[1][2] say so [3].", [(1, "say so"), (2, "say so"), (3, "say so")]),
        ("[1] says so. [2] says no.", [(1, "says so."), (2, "says no.")]),
        ("According to [1], it is. So [2].", [(1, "it is."), (2, "So")]),
        ("- One [1]\n- Two [2]", [(1, "One"), (2, "Two")]),
        ("It is. [1]\n\nSources:\n[1] One\n[2] Two\n", [(1, "It is."), (1, "One"), (2, "Two")]),
        ("It is [1]. [2]", [(1, "It is"), (2, "It is")]),
        ("[1]", [(1, "")]),
        ("[99] It is [98].", []),
        ("", []),
        ("word " * 1_000 + "[1]", [(1, ("word " * 200).strip())]),
    ],
)
def test_what_a_marker_stands_for(text: str, expected: list[tuple[int, str]]) -> None:
    assert pairs(text) == expected


def test_a_citation_comes_with_its_marker() -> None:
    citations = CitationTracker(DOCUMENTS)
    assert citations.feed("Bread [") == ("Bread", [])
    text, found = citations.feed("1")
    assert (text, found) == ("", [])
    text, found = citations.feed("]")
    assert (text, [c.marker for c in found]) == (" [1]", [1])


def test_a_leading_marker_is_cited_when_its_sentence_ends() -> None:
    citations = CitationTracker(DOCUMENTS)
    assert citations.feed("[1] says bread is baked.") == ("[1] says bread is baked.", [])
    assert citations.feed(" ") == ("", [])
    assert len(citations.feed("So")[1]) == 1
    assert citations.feed(" on.") == (" on.", [])
    assert citations.end() == ("", [])


def test_without_documents_no_marker_is_left() -> None:
    assert cited(["It is so [1]. [Source 2]"], []) == ("It is so.", [])
    blank = cited(["It is so [1]."], [Document(" ")])
    assert [(c.quote, c.support) for c in blank[1]] == [("", 0.0)]


def test_signs_of_a_document_are_told_from_those_of_the_prompt() -> None:
    """A piano's key in code stays one; a bracket that the prompt replaced comes back."""
    documents = [Document("The key `F\u266f` is at `keys[6]` of the list.")]
    tracker = CitationTracker(documents)
    text, _ = tracker.feed("`F\u266f` is at `keys\u27e66\u27e7`. [1]")
    assert text + tracker.end()[0] == "`F\u266f` is at `keys[6]`. [1]"
