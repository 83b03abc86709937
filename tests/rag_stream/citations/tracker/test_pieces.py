"""Citations are exact and complete, and independent of how the answer comes in."""

import re
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag_stream.citations.syntax import MAX_MARKER
from rag_stream.citations.tracker import CitationTracker
from tests.support.cited import DOCUMENTS, cited

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
