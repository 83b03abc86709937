"""Citations are exact and complete, and independent of how the answer comes in."""

import re
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document

from rag_stream.citations.syntax import MAX_MARKER
from rag_stream.citations.tracker import CitationTracker
from rag_stream.schema import Citation

DOCUMENTS = [
    Document("Bread is baked from flour. The moon circles the earth every 27 days. It is grey."),
    Document("# Rivers\n\nRivers carry water\nto the sea. The Nile is 6,650 km long."),
    Document("\u4eca\u65e5\u306f\u6674\u308c\u3067\u3059\u3002\u660e\u65e5\u306f\u96e8\u3002"),
]


def cited(
    pieces: list[str] | str, documents: list[Document] = DOCUMENTS
) -> tuple[str, list[dict[str, Any]]]:
    """The answer and its citations, their offsets checked."""
    citations, out, found = CitationTracker(documents), "", []
    for piece in pieces:
        text, new = citations.feed(piece)
        out += text
        found += new
        # No citation of what the client has not got.
        assert all(citation.answer_end <= len(out) for citation in new)
    text, new = citations.end()
    out, found = out + text, found + new
    for citation in found:
        assert citation.document == citation.marker - 1
        page = documents[citation.document].page_content
        assert page[citation.quote_start : citation.quote_end] == citation.quote
        assert bool(citation.quote) == bool(page.strip())
        assert 0 <= citation.answer_start <= citation.answer_end <= len(out)
        assert 0 <= citation.support <= 1
    return out, found


def pairs(text: str) -> list[tuple[int, str]]:
    """Marker and claim of each citation."""
    whole = cited([text])
    assert cited(text) == whole
    out, found = whole
    return [(c.marker, out[c.answer_start : c.answer_end]) for c in found]


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


# The pieces of answers: prose, markers good and bad, Markdown, other scripts, what looks
# like a marker. None of them opens code.
PROSE = st.sampled_from(
    [
        "The moon circles the earth", "the Nile is 6,650 km long", "bread", " ", " ", ". ", ".",
        ", ",
        "\n", "\n\n- ", "[1]", "[2]", "[3]", " [1][2]", "[1, 2]", " [1-3]", "[0]", "[4]",
        " [99]", "[11, 2]",
        "\u30102\u3011", "\u30105\u2020source\u3011", "[^1]", "[[3]]", "[[77]]", "[Source 2]",
        "[source: 9]",
        "[2024]", "[", "]", "[[", "1", "99", "[link](http://x.y)", "[x]", "[1.5]", "(2)", "[1](u)",
        "Dr. ", "e.g. ", "et al. ", "Inc. ", "Jan. ", "Analysis", "Italian",
        "\u660e\u65e5\u306f\u96e8\u3002", "\U0001f600", "\ud800", "\u0663",
        "[\u0663]", " and ",
        "According to ", "[1 to 9]", "# ", "| ", "* ", "a[1]", "m[5]", "[" + "8" * 90 + "]",
        "\u00a0", "{", "^",
    ]
)  # fmt: skip
CODE = st.sampled_from(
    [
        "`a[1]`",
        "`m[1][99]`",
        "`x = [5, 6]`",
        "\n```\na[99]\nb = [7]\nmake run # [88]\n```\n",
        "`c [9]`",
    ]
)
PLAIN = st.text(st.characters(exclude_characters="`~"), max_size=8)


def split(text: str, random: Random) -> list[str]:
    pieces, at = [], 0
    while at < len(text):
        size = random.choice((1, 1, 2, 3, 5, 13))
        pieces.append(text[at : at + size])
        at += size
    return pieces


_BRACKETED = re.compile(r"[\[\u3010\uff3b][^\S\n\r]*\^?(\d{1,50})[^\S\n\r]*[\]\u3011\uff3d]")


_BRACKET = re.compile("[\\[\u3010\uff3b]")
_PAIR = re.compile("[\\[\u3010\uff3b][^\\[\\]\u3010\u3011\uff3b\uff3d\n]*[\\]\u3011\uff3d]")


def _outside_brackets(text: str) -> str:
    """What no marker can be made of: none of it may be lost."""
    while (rest := _PAIR.sub("", text)) != text:
        text = rest
    return re.sub(r"[\s\u2026]", "", text)


@given(st.lists(PROSE | PLAIN, max_size=25).map("".join), st.randoms(use_true_random=False))
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_over_ten_thousand_streams(text: str, random: Random) -> None:
    out, found = cited(split(text, random))
    assert (out, found) == cited([text])
    # Every marker that is left has its citation, in order, and every citation its marker.
    left = [match[1] for match in _BRACKETED.finditer(out)]
    assert left == [str(citation.marker) for citation in found]
    assert all(1 <= citation.marker <= len(DOCUMENTS) for citation in found)
    assert _outside_brackets(out) == _outside_brackets(text)
    if _BRACKET.search(text) is None:
        assert out == text


@pytest.mark.parametrize("word", ["Analysis", "Italian", "Theory", "Its", "An"])
@pytest.mark.parametrize("short", ["et al.", "Inc.", "p.m.", "Oct."])
def test_a_word_in_two_pieces_ends_no_sentence_that_it_does_not_end_whole(
    short: str, word: str
) -> None:
    text = f"According to [1] Smith {short} {word} of flux shows growth in two years. More follows."
    whole = cited([text])
    for cut in range(1, len(text)):
        assert cited([text[:cut], text[cut:]]) == whole
    assert cited(list(text)) == whole


def test_a_run_of_code_marks_without_end_is_handed_on() -> None:
    out, found = cited(["It is so [1]. ", *["```"] * 60_000, " end"])
    assert (out, len(found)) == ("It is so [1]. " + "```" * 60_000 + " end", 1)


@given(st.lists(PROSE | CODE | PLAIN, max_size=20).map("".join), st.randoms(use_true_random=False))
@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_with_code(text: str, random: Random) -> None:
    out, found = cited(split(text, random))
    assert (out, found) == cited([text])
    markers = [str(citation.marker) for citation in found]
    left = list(_BRACKETED.finditer(out))
    in_code = [match for match in left if _may_be_code(out, match.start())]
    assert len(left) - len(in_code) <= len(markers) <= len(left)
    assert all(int(m[1]) <= len(DOCUMENTS) for m in left if m not in in_code)


def _may_be_code(text: str, at: int) -> bool:
    """Whether a bracket follows a name, an operator or a closing bracket, after a backtick."""
    return "`" in text[:at] and re.search(r"[\w)\]}\"'=(\[{,:+]\s*\Z", text[:at]) is not None


ANSWERS = st.lists(
    st.sampled_from(["The moon", " is", " grey", " [1]", " [99]", "[2]", " (see", ")", ". ", ", "]),
    max_size=30,
).map("".join)


@given(ANSWERS, st.randoms(use_true_random=False))
@settings(max_examples=500, deadline=None)
def test_nothing_but_markers_is_lost(text: str, random: Random) -> None:
    out, _ = cited(split(text, random))
    assert re.sub(r"\s", "", out) == re.sub(r"\s|\[99\]", "", text)
    assert re.findall(r"\[\d\]", out) == re.findall(r"\[\d\]", text)


@given(st.text(max_size=60), st.integers(1, 9))
@settings(max_examples=500, deadline=None)
def test_text_is_delayed_by_no_more_than_a_marker(text: str, size: int) -> None:
    citations, given_so_far, taken = CitationTracker([]), 0, ""
    for at in range(0, len(text), size):
        given_so_far += len(text[at : at + size])
        taken += citations.feed(text[at : at + size])[0]
        if "[" not in text and "\u3010" not in text and "\uff3b" not in text:
            assert given_so_far - len(taken) <= 1
            assert text.startswith(taken)
        assert given_so_far - len(taken) <= MAX_MARKER


def test_signs_of_a_document_are_told_from_those_of_the_prompt() -> None:
    """A piano's key in code stays one; a bracket that the prompt replaced comes back."""
    documents = [Document("The key `F\u266f` is at `keys[6]` of the list.")]
    tracker = CitationTracker(documents)
    text, _ = tracker.feed("`F\u266f` is at `keys\u27e66\u27e7`. [1]")
    assert text + tracker.end()[0] == "`F\u266f` is at `keys[6]`. [1]"
