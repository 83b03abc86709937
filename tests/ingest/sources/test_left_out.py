"""What is left out, in one line, and when it outweighs what was read."""

from collections import Counter

import pytest

from ingest.sources.left_out import LeftOut


def test_many_kinds_are_told_in_one_line() -> None:
    left_out = LeftOut(Counter({f".{number}": 1 for number in range(30)}))
    line = left_out.line()
    assert line is not None
    assert line.startswith("left out 30 files: 1 .0, 1 .1, ")
    assert line.endswith(", 18 of other kinds")


def test_nothing_is_told_of_nothing() -> None:
    assert LeftOut().line() is None


@pytest.mark.parametrize(
    ("texts", "read", "outweighs"), [(0, 0, False), (3, 3, False), (4, 3, True)]
)
def test_more_texts_than_were_read(texts: int, read: int, outweighs: bool) -> None:
    told = LeftOut(Counter({".adoc": texts}), texts).outweighs(read)
    assert (told is not None) == outweighs
    assert not told or "--allow-skipped" in told
