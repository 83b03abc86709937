"""Markers are found, put into one form or taken away, whatever the pieces of the text are."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_stream.citations.scanner import MAX_HELD, MAX_SINCE, MarkerScanner
from rag_stream.citations.syntax import MAX_MARKER, marker_end, may_grow

SOURCES = 10


def shown(text: str, sources: int = SOURCES) -> str:
    """What is handed on of a text that comes in one piece, checked against its characters."""
    whole = in_pieces([text], sources)
    assert in_pieces(list(text), sources) == whole
    return whole[0]


def in_pieces(pieces: list[str], sources: int = SOURCES) -> tuple[str, list[tuple[int, int, int]]]:
    markers, out, marks, given_so_far = MarkerScanner(sources), "", [], 0
    for piece in [*pieces, None]:
        text, found = markers.end() if piece is None else markers.feed(piece)
        before, out = len(out), out + text
        given_so_far += len(piece or "")
        assert markers.handed_on == len(out)
        for mark in found:
            assert before <= mark.start < mark.end <= len(out), "a marker must come whole"
            assert out[mark.start : mark.end] == f"[{mark.number}]"
            assert out[: mark.start].endswith(mark.since)
            last = marks[-1][2] if marks else 0
            assert mark.since == out[last : mark.start][-MAX_SINCE:]
            marks.append((mark.number, mark.start, mark.end))
    return out, marks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is so [3].", "It is so [3]."),
        ("It is so [ 3 ].", "It is so [3]."),
        ("It is so[1, 2].", "It is so[1][2]."),
        ("It is so [1][2].", "It is so [1][2]."),
        ("It is so [1;2] [1 and 2] [1, and 2] [1 & 2] [1 2].", "It is so" + " [1][2]" * 5 + "."),
        ("It is so [1-3] [1\u20133] [1 to 3] [3-1].", "It is so" + " [1][2][3]" * 4 + "."),
        ("It is so [9-12] [1, 1].", "It is so [9][10] [1]."),
        ("It is so \u30103\u3011 \u30103\u2020source\u3011.", "It is so [3] [3]."),
        ("It is so \u30104\u2020L1-L20\u3011 \uff3b3\uff3d.", "It is so [4] [3]."),
        ("It is so [^3] [[3]] [[1, 2]].", "It is so [3] [3] [1][2]."),
        ("It is so [Source 3] [source: 3] [Doc. 3].", "It is so [3] [3] [3]."),
        ("It is so [Sources 1 and 2] [Source 1, Source 2].", "It is so [1][2] [1][2]."),
        ("It is so [\u0663] [\uff13].", "It is so [3] [3]."),
        ("[1](http://x.y) says so.", "[1](http://x.y) says so."),
        ("[^3]: A note.", "[3]: A note."),
        ("It is so \\[1].", "It is so \\[1]."),
    ],
)
def test_every_form_of_a_marker_becomes_one(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is so [11].", "It is so."),
        ("It is so [0] and [99] so.", "It is so and so."),
        ("It is so [1, 99].", "It is so [1]."),
        ("It is so [99][1].", "It is so [1]."),
        ("It is so [98] [99], [1] [97] [2]", "It is so, [1] [2]"),
        ("It was so [2024], [1990-2024], [00].", "It was so,,."),
        ("[99] It is so.", "It is so."),
        ("One\n[99] two\n- [99] three [99]\nfour", "One\ntwo\n- three\nfour"),
        ("word[99] word[99]word", "word wordword"),
        ("Two  [99] blanks", "Two blanks"),
        ("It is so [[99]] \u301099\u2020source\u3011 [^99] [Source 99].", "It is so."),
        ("It is so \u30104:0\u2020source\u3011.", "It is so."),
        ("[99](http://x.y) so", "(http://x.y) so"),
        ("It is so [" + "9" * 60 + "].", "It is so."),
        ("It is so [99]", "It is so"),
    ],
)
def test_a_marker_that_names_no_source_vanishes_with_its_blank(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "  ", "word ", "[", "[1", "[1,", "[]", "[ ]", "[x]", "[TODO]",
        "[link](http://x.y)",
        "[1.5]", "[3:16]", "[-1]", "[1,]", "[Figure 3]", "[source]", "[s", "(3)", "(source 3)",
        "\u3010\u6ce8\u610f\u3011", "[1\n]", "\\[1\\]", "[\ud800]", "[a[b[c", "[\u00b2]",
        "] 1] [", "[1/2]",
        "[" + "1" * 10_000 + "]", "[" + "1, " * 5_000 + "1]", "[" * 10_000, "[1, " * 3_000,
        "[1" + " " * 5_000 + "]", "[source " * 2_000, "\u30101\u2020" + "x" * 5_000 + "\u3011",
    ],
)  # fmt: skip
def test_all_else_is_text(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[99]5]", "[\u20265]"),
        ("[[99]", "["),
        ("[1, [99] 2]", "[1, \u2026 2]"),
        ("[source [99] 3]", "[source \u2026 3]"),
        ("[[1]5]", "[[1]5]"),
        ("[[1]", "[[1]"),
        ("[[[1]]]", "[[1]]"),
        ("[see [99]](x)", "[see](x)"),
        ("\u3010" * 3 + "[99]5]" * 2, "\u3010\u3010\u3010\u20265]5]"),
    ],
)
def test_what_is_taken_away_leaves_no_new_marker(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`a[99]`, ``f(x)[0]``, `m[11][22]`", "`a[99]`, ``f(x)[0]``, `m[11][22]`"),
        ("```py\nx = [11, 2]\ny = a[33]\n```\n", "```py\nx = [11, 2]\ny = a[33]\n```\n"),
        ("~~~\nreturn [0]\n~~~\na[99]", "~~~\nreturn [0]\n~~~\na"),
        ('1. ```js\n   {"a": [99]}\n   ```\na[99]', '1. ```js\n   {"a": [99]}\n   ```\na'),
        ("````\n```\na[99]\n````\na[99]", "````\n```\na[99]\n````\na"),
        ("```\nmake run # [99]\nmake run [11][1]\n```", "```\nmake run #\nmake run [1]\n```"),
        ("`a`[99] and `a [99]`", "`a` and `a `"),
        ("```a[99]``` a[99]", "```a[99]``` a"),
        ("a lone ` here\na[99]", "a lone ` here\na"),
        ("```\nrun [1], [99]\n```", "```\nrun [1],\n```"),
        ("word[99] array[0]", "word array"),
    ],
)
def test_an_index_in_code_is_no_marker(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_code_is_told_far_from_where_it_began() -> None:
    code = "```\n" + "word = other\n" * 2_000
    assert shown(f"{code}a[99]\n```\na[99]") == f"{code}a[99]\n```\na"


def test_text_goes_on_at_once() -> None:
    markers = MarkerScanner(SOURCES)
    assert markers.feed("Some words") == ("Some words", ())
    assert markers.feed(" and more ") == (" and more", ())
    assert markers.feed("[") == ("", [])
    assert markers.feed("lin") == (" [lin", [])
    assert markers.feed("k] [so") == ("k]", [])
    assert markers.feed("urce") == ("", [])
    assert markers.feed("s")[0] == ""
    assert markers.feed("t")[0] == " [sourcest"


LUMPS = st.sampled_from(
    [
        "[", "]", "[[", "]]", "\u3010", "\u3011", "\u2020source", "[1]", "[2, 99]", "[99]", "[1-3]",
        "[^2]", "[source ", "[Source 3]", "1", "0", "99", ",", ", ", " ", "  ", ".", ". ", "\n",
        "`",
        "```", "~~~", "\n```\n", "a[1]", "a[99]", "= [3, 4]", "word", "Word ", "[link](u)", "-",
        "^",
        " and ", " to ", "\u4eca\u65e5\u3002", "\ud800", "\U0001f600", "\u0663", "\u00a0", "(",
        ")", "\u2026",
    ]
)  # fmt: skip
STREAMS = st.lists(LUMPS | st.text(max_size=6), max_size=40).map("".join)


@given(STREAMS, st.randoms(use_true_random=False), st.integers(0, 12))
@settings(max_examples=500, deadline=None)
def test_the_pieces_make_no_difference(text: str, random: Random, sources: int) -> None:
    pieces, at = [], 0
    while at < len(text):
        step = random.choice((0, 1, 1, 2, 3, 8))
        pieces.append(text[at : at + step])
        at += step
    assert in_pieces(pieces, sources) == in_pieces([text], sources)


@given(STREAMS)
@settings(max_examples=500, deadline=None)
def test_little_is_held_back(text: str) -> None:
    markers, taken = MarkerScanner(0), 0
    for end in range(len(text)):
        taken += len(markers.feed(text[end])[0])
        assert len(markers._held) <= MAX_HELD
        # Only what an opening bracket, or a blank, began.
        assert markers._held.strip(" ")[:1] in ("", "[", "\u3010", "\uff3b")


MARKERS = st.from_regex(
    r"[\[\u3010](\[?)\ {0,2}((source|Docs?|cite)[ :]{0,3})?"
    r"\^?[0-9]{1,4}((-|\ to\ |\u2013)[0-9]{1,3})?"
    r"((,\ ?|\ |;|,\ and\ |\ and\ |\ ,\ )(Source\ )?[0-9]{1,3}){0,4}"
    r"(\u2020[a-zL0-9-]{0,9})?\ ?\]{1,2}",
    fullmatch=True,
)


@given(MARKERS)
@settings(max_examples=300, deadline=None)
def test_all_that_begins_a_marker_is_held(marker: str) -> None:
    end = marker_end(marker)
    assert end <= MAX_MARKER
    for cut in range(1, end):
        assert may_grow(marker[:cut]), marker[:cut]


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0", "\u2003", "\x1f", "\u3000"])
def test_any_blank_of_a_line_may_stand_in_a_marker(blank: str) -> None:
    scanner = MarkerScanner(2)
    text, marks = scanner.feed(f"It is so [{blank}2{blank}]. And [9{blank}] not.")
    rest, more = scanner.end()
    assert text + rest == "It is so [2]. And not."
    assert [mark.number for mark in (*marks, *more)] == [2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Take `a\u27e61\u27e7`, not a\u27e61\u27e7 [1].", "Take `a[1]`, not a\u27e61\u27e7 [1]."),
        ("```\nx = \u27e61, 2\u27e7\n```\n", "```\nx = [1, 2]\n```\n"),
        ("`f(\u27e6\u27e65\u27e7\u27e7)`", "`f([[5]])`"),
        ("`np.array(\u27e6\u27e61, 2, 3\u27e7\u27e7)`", "`np.array([[1, 2, 3]])`"),
        ("```\n\u27e61\u27e7 Notice\n```\n", "```\n\u27e61\u27e7 Notice\n```\n"),
        ("`\u2039s> user\u2236 x \u266f`", "`<s> user: x #`"),
        ("\u2039s> user\u2236 x \u266f", "\u2039s> user\u2236 x \u266f"),
    ],
)
def test_code_has_back_what_the_prompt_had_others_stand_for(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_what_the_documents_have_themselves_is_left_as_it_is() -> None:
    markers = MarkerScanner(2, genuine="\u266f\u2039")
    text, _ = markers.feed("Press `F\u266f` or `\u2039x>` in `a: \u27e61\u27e7` now")
    assert text + markers.end()[0] == "Press `F\u266f` or `\u2039x>` in `a: [1]` now"
