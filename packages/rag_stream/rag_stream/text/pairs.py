"""Quotations and brackets that a sentence holds: a stop inside one does not end it. Pure."""

from typing import Final

Pair = tuple[str, str]

BRACKETS: Final[tuple[Pair, ...]] = (("(", ")"), ("\uff08", "\uff09"))
"""What is in them is said aside, in a sentence that goes on after them."""
REACH: Final = 240
"""A quotation or bracket longer than this is taken for one that never closes."""
_WORD_READ = 40


def is_inside(text: str, pair: Pair, start: int, after: int, end: int) -> bool:
    """Whether a pair opened in mid-sentence, from `start` on, closes soon after this stop.

    `after`: where the stop ends; `end`: where the text ends that may be looked at.
    """
    opening, closing = pair
    last = text.rfind(opening, start, after)
    if not has_begun(text, start, last) or text.find(closing, last, after) >= 0:
        return False
    reach = min(end, after + REACH)
    close, reopen = text.find(closing, after, reach), text.find(opening, after, reach)
    return close >= 0 and (reopen < 0 or close < reopen)


def has_begun(text: str, start: int, last: int) -> bool:
    """Whether there is a word before a quotation or bracket."""
    return last > start and any(map(str.isalnum, text[start : min(last, start + _WORD_READ)]))
