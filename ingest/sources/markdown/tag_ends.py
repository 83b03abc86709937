"""Which elements of the HTML inside Markdown are ended in it. Pure.

A tag that is never ended is one that a sentence names ("put it into <head>"), not one that holds
what comes after it.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

ENDS = "ends"
"""In the `meta` of a piece of HTML: for each name, which of its tags, in order, are ended."""

_TAG = re.compile(r"<(/?)([A-Za-z][\w.:-]*)([^<>]*)>")
_VALUE = re.compile(r"=[^\s\"'=]+\Z")  # without quotes, of which a stroke is a part

_Open = defaultdict[str, list[tuple[list[bool], int, int]]]


def mark_ends(tokens: "Sequence[Token]") -> None:
    """Say of each piece of HTML which of its elements are ended.

    What begins within a paragraph ends there or not at all.
    """
    begun: _Open = defaultdict(list)
    for place, token in enumerate(tokens):
        if token.type == "html_block":
            _mark(token, begun, place)
        if not token.children:
            continue
        pieces = [child for child in token.children if child.type == "html_inline"]
        for piece in pieces:
            _mark(piece, begun, place)
        for name in {name for piece in pieces for name in piece.meta[ENDS]}:
            while begun[name] and begun[name][-1][2] == place:
                begun[name].pop()


def _mark(piece: "Token", begun: _Open, place: int) -> None:
    ends: dict[str, list[bool]] = {}
    content = piece.content
    for tag in _TAG.finditer(_without_comments(content) if "<!--" in content else content):
        name = tag[2].lower()
        if not tag[1]:
            flags = ends.setdefault(name, [])
            is_empty = tag[3].endswith("/") and not _VALUE.search(tag[3])
            flags.append(is_empty)
            if not is_empty:
                begun[name].append((flags, len(flags) - 1, place))
        elif begun[name]:
            flags, index, _ = begun[name].pop()
            flags[index] = True
    piece.meta[ENDS] = ends


def _without_comments(content: str) -> str:
    """What stands outside of comments; one that is not ended is none."""
    parts: list[str] = []
    at = 0
    while (start := content.find("<!--", at)) >= 0:
        end = content.find("-->", start + 4)
        if end < 0:
            break
        parts.append(content[at:start])
        at = end + 3
    return "".join([*parts, content[at:]])
