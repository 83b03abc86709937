"""Marks within a paragraph of reStructuredText, as far as they take no time to speak of. Pure.

For the end of each mark that begins something docutils searches all that follows.
"""

from typing import Any

from docutils import nodes
from docutils.parsers.rst.states import Inliner

_MARKS = "*`|_["
_MUCH = 20_000_000
"""Marks, times characters of the paragraph that they are in."""
_LONGEST_WORD = 20_000


def bounded_inliner() -> Inliner:
    """docutils' own, which takes a paragraph for words where there is too much in it."""
    inliner = Inliner()  # not one derived from it: it makes its patterns of its own class alone
    of_marks = inliner.parse

    def parse(text: str, *around: Any) -> Any:
        marks = sum(map(text.count, _MARKS))
        if marks * len(text) > _MUCH or _has_endless_word(text):
            return [nodes.Text(text)], []
        return of_marks(text, *around)

    inliner.parse = parse  # type: ignore[method-assign, assignment]
    return inliner


def _has_endless_word(text: str) -> bool:
    return len(text) > _LONGEST_WORD and max(map(len, text.split()), default=0) > _LONGEST_WORD
