"""Fences, the lines that begin and end blocks of code, and which of both the first one does.

A part of a text may begin inside of a block: then its first fence ends that, and what a fence
seems to begin is no code. Linear in the text's length.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

FENCE = re.compile(r"[^\S\r\n]*+(?:(?:>|[-*+]|\d{1,3}[.)])[^\S\r\n]++)*+(`{3,}+|~{3,}+)([^`]*+)$")
"""A line that is one: its marks, and what it says of the code."""

_NEAR = re.compile(r"([^\r\n]*+)(?:\r\n?|\n|\Z)")


class _Fence(NamedTuple):
    """`leans`: 1 where what is around it says that it begins a block, -1 where that it ends one."""

    marks: str
    has_info: bool
    leans: int


def begins_in_code(text: str) -> bool:
    """Whether a part of a text begins inside of a block of code, as far as can be told."""
    if "```" not in text and "~~~" not in text:
        return False
    fences = list(_fences(text))
    if not fences or fences[0].has_info:
        return False
    marks = fences[0].marks
    bare = list(takewhile(lambda one: one.marks == marks and not one.has_info, fences))
    if len(bare) < len(fences):  # what comes next begins a block, or is in one
        following = fences[len(bare)]
        return following.marks == marks and len(bare) % 2 == 1
    return _leaning(bare) < 0


def first_fence(text: str) -> tuple[str, bool] | None:
    """The marks of the first one, and whether it says what it begins; None where there is none."""
    for match in _NEAR.finditer(text) if "```" in text or "~~~" in text else ():
        if (mark := FENCE.match(match[1])) is not None:
            return mark[1], bool(mark[2].strip())
    return None


def open_fence(text: str, fence: str = "") -> str:
    """The marks of the block that a text ends inside of, if it begins in `fence`; "" for none."""
    for match in _NEAR.finditer(text) if "```" in text or "~~~" in text else ():
        mark = FENCE.match(match[1])
        if mark is None:
            continue
        if not fence:
            fence = mark[1]
        elif mark[1].startswith(fence) and not mark[2].strip():
            fence = ""
    return fence


def closing_fence(text: str, fence: str) -> int | None:
    """Where the first fence ends that closes a block with these marks."""
    for match in _NEAR.finditer(text) if fence in text else ():
        mark = FENCE.match(match[1])
        if mark is not None and mark[1].startswith(fence) and not mark[2].strip():
            return match.start() + len(match[1].rstrip())
    return None


def leans_to(before: str, after: str) -> int:
    """Of a fence between two lines: 1 where it begins code by these, -1 where it ends some.

    Code stands close to its fences, other text mostly not.
    """
    return bool(after.strip()) - bool(before.strip())


def _leaning(fences: Sequence[_Fence]) -> int:
    """Of fences in turn, if the first begins a block; below nothing says that it ends one."""
    return sum(-one.leans if number % 2 else one.leans for number, one in enumerate(fences))


def _fences(text: str) -> Iterator[_Fence]:
    before, found = "", None
    for match in _NEAR.finditer(text):
        line = match[1]
        if found is not None:
            yield _Fence(*found, leans_to(before, line))
            before, found = "x", None  # a fence right under another one stands close to it
        mark = FENCE.match(line) if "`" in line or "~" in line else None
        if mark is None:
            before = line
        else:
            found = mark[1], bool(mark[2].strip())
    if found is not None:
        yield _Fence(*found, leans_to(before, ""))
