"""Which part of an answer a citation marker stands for.

The sentence it ends, or the part of it up to the marker; of a marker that begins a
sentence, that sentence.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from rag_stream.text.blocks import Code, code_blocks
from rag_stream.text.pauses import PAUSE
from rag_stream.text.stops import ENDING, STOP, STOPS, WIDE_STOPS, goes_on, is_wide

MAX_AFTER = 400
"""Characters after a marker in which the sentence that it begins must end."""

# Not before what may become the number of a footnote.
_STOP = re.compile(
    f"(?P<stop>{STOP})(?P<blank>\\s*+)(?=\\S)(?!\\[.{{0,4}}\\Z)|(?P<pause>{PAUSE})|\n"
)
_BULLET = r"[ \t]*(?:[-*+>\u2022]|#{1,6}|\d{1,3}[.)])[ \t]+"
_LEAD = re.compile(
    rf"(?:\s|[.,;:!?\u3002\uff0c\u3001)\]}}\u201d\u2019*_|]+(?=\s|$)|{_BULLET}|[|])+"
)
_NEW_LINE = re.compile(rf"\n(?:{_BULLET}|[ \t]*(?:\n|[|`~]))")
_LINE_ENDS = f"{STOPS}{WIDE_STOPS}:;|\uff1a\uff1b"
_OPEN_END = " \t\r\n\f\v\u00a0\u202f\u3000([{<|\uff08"
_WORD = re.compile(r"\w")
_ONLY_JOINS = re.compile(
    r"[ \t\u00a0,;&/\u3001\uff0c\uff1b\u060c\u061b]*"
    "(?:and|or|und|oder|et|ou|y|o|e|en|of|och|i|и|или|و|أو|और|या|和|与|與|及|と|및)?[ \t\u00a0]*",
    re.IGNORECASE,
)
_ENDED = re.compile(f"{ENDING}\\s*\\Z|\\n[ \\t]*\\Z")
_BEGINS_ITEM = re.compile(rf"(?:(?:\A|\n){_BULLET}|:\s*\n[ \t]*)\Z")
_POINTS_ON = re.compile(
    r"(?:according to|based on|as (?:\w+ )?(?:in|by)|in|per|from|by|see)"
    r"(?: the)?(?: sources?| documents?)?"
    "|laut|nach|gemäß|siehe|selon|d'après|voir|según|véase|segundo|conforme|secondo|volgens|enligt"
    "|według|podle|согласно|по данным|см\\.?|وفقًا ل|وفقا ل|حسب|के अनुसार|根据|根據|依据|参见",
    re.IGNORECASE,
)


class Span(NamedTuple):
    """A part of a text, offsets in characters; empty where there is nothing."""

    start: int
    end: int


def before(text: str) -> Span:
    """The claim in `text`, which ends where a marker begins."""
    end = len(text.rstrip(_OPEN_END))
    start = 0
    for boundary in _outside_code(text[:end]):
        if text[boundary.start] == "\n" and _reads_on(text, boundary.start):
            continue
        if _WORD.search(text, boundary.end, end) is not None:
            start = boundary.end
    return _trimmed(text, start, end)


def after(text: str, is_last: bool) -> Span | None:
    """The claim in `text`, which follows a marker; None while its end is not certain.

    Whatever follows the certain end changes nothing. `is_last`: nothing follows.
    """
    near = text[:MAX_AFTER]
    for boundary in _boundaries(near):
        claim = _trimmed(near, 0, boundary.start)
        if claim.start < claim.end:
            return claim
    if is_last or len(text) >= MAX_AFTER:
        return _trimmed(near, 0, len(near.rstrip(_OPEN_END)))
    return None


def joins(text: str) -> bool:
    """Whether markers with `text` between them stand for the same claim."""
    return _ONLY_JOINS.fullmatch(text) is not None


def leads(text: str, has_led: bool) -> bool:
    """Whether a marker after `text` begins its claim rather than ending it.

    `has_led`: the marker before `text` did so.
    """
    if _WORD.search(text) is None or _BEGINS_ITEM.search(text) is not None:
        return True
    claim = before(text)
    if _POINTS_ON.fullmatch(text, *claim) is not None:
        return True
    return has_led and _ENDED.search(text) is not None and claim == after(text, is_last=True)


def _outside_code(text: str) -> Iterator[Span]:
    """The boundaries that are in no block of code: it is claimed with what announces it."""
    blocks = [_announced(text, block) for block in code_blocks(text, in_code=False) if block.closed]
    for boundary in _boundaries(text):
        while blocks and blocks[0].end <= boundary.start:
            blocks.pop(0)
        if not blocks or boundary.start < blocks[0].start:
            yield boundary


def _announced(text: str, block: Code) -> Span:
    """A block with the blanks before it, where a colon stands before them."""
    near = text[max(0, block.start - MAX_AFTER) : block.start]
    bare = near.rstrip(" \t\r\n*_")
    return Span(block.start - (len(near) - len(bare) if bare.endswith(":") else 0), block.end)


def _boundaries(text: str) -> list[Span]:
    """Ends of sentences and of lines; what is between start and end belongs to neither side."""
    found, begin = [], 0
    for stop in _STOP.finditer(text):
        start, end = stop.span()
        if stop["stop"] is None and stop["pause"] is None:
            found.append(Span(start, end))
        elif stop["blank"] == "" and not is_wide(text, start):
            continue
        elif "\n" in stop[0] or not goes_on(text, start, end, begin):
            found.append(Span(start + len(stop[0].rstrip()), end))
        else:
            continue
        begin = end
    return found


def _reads_on(text: str, newline: int) -> bool:
    """Whether the line after this one is the rest of it, wrapped."""
    line = text[max(0, newline - MAX_AFTER) : newline].rstrip(_OPEN_END + "\"')*_\u201d")
    if line.rsplit("\n", 1)[-1].lstrip().startswith(("```", "~~~")):
        return False
    return bool(line) and line[-1] not in _LINE_ENDS and _NEW_LINE.match(text, newline) is None


def _trimmed(text: str, start: int, end: int) -> Span:
    """Without what the sentence before left over, list marks and blanks; empty if no words."""
    lead = _LEAD.match(text, start, end)
    start = lead.end() if lead is not None else start
    end = max(start, start + len(text[start:end].rstrip(_OPEN_END)))
    return Span(start, end) if _WORD.search(text, start, end) is not None else Span(start, start)
