"""Markers written anew, whatever pieces the text comes in, and offsets that lead to the same."""

from collections.abc import Callable

import pytest

from app.openai.markers import Markers
from rag_stream.citations.scanner import MarkerScanner

TEXT = "One [12]. Two [3][12] and [3]. `a[1]` Three."


def rewritten(
    markers: Markers, size: int, write: Callable[[int, int], str] | None = None, text: str = TEXT
) -> str:
    scanner, out = MarkerScanner(20), ""
    for at in range(0, len(text), size):
        piece, marks = scanner.feed(text[at : at + size])
        out += markers.rewrite(piece, marks, write)
    piece, marks = scanner.end()
    return out + markers.rewrite(piece, marks, write)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_numbered_by_first_use(size: int) -> None:
    markers = Markers()
    out = rewritten(markers, size)
    assert out == "One [1]. Two [2][1] and [2]. `a[1]` Three."
    assert markers.numbers == {11: 1, 2: 2}
    assert markers.size == len(out)
    for word in ("One", "Two", "and", "`a", "Three."):
        assert out[markers.sent(TEXT.index(word)) :].startswith(word)
    assert markers.sent(len(TEXT)) == len(out)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_numbers_that_are_given_stay_and_neighbours_that_are_one_are_written_once(
    size: int,
) -> None:
    markers = Markers(dict.fromkeys(range(20), 4))
    out = rewritten(markers, size)
    assert out == "One [4]. Two [4] and [4]. `a[1]` Three."
    assert out[markers.sent(TEXT.index(" and")) :].startswith(" and")


def test_links_for_markers_move_what_follows() -> None:
    markers = Markers()
    out = rewritten(markers, 5, lambda number, document: f"<{number}:{document}>" * 3)
    assert out.startswith("One <1:11><1:11><1:11>. Two <2:2>")
    assert out[markers.sent(TEXT.index("Three")) :] == "Three."
    # Within a marker is where it begins.
    assert markers.sent(TEXT.index("[12]") + 2) == markers.sent(TEXT.index("[12]")) == 4


def test_a_text_without_markers_passes() -> None:
    markers = Markers()
    markers.passes("Nothing. ")
    assert (markers.sent(4), markers.size) == (4, 9)
