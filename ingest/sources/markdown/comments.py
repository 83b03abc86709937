"""Comments that begin in one line of Markdown and end in another. Pure."""

import re
from typing import NamedTuple

from ingest.sources.markdown.macros import code_end

_SIGNS = (("<!--", "-->"), ("{/*", "*/}"), ("{#", "#}"))
_ATTRIBUTES = re.compile(r"\{#[\w-]+\s")


class Begun(NamedTuple):
    """Where in its line a comment begins, and what ends it."""

    start: int
    closing: str


class Comments:
    """Knows of a text where its last comments end: what is never closed is none."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._last: dict[str, int] = {}

    def begun(self, line: str, at: int) -> Begun | None:
        """The comment that begins in a line, which ends at `at`, and goes on after it."""
        for opening, closing in _SIGNS:
            start = line.rfind(opening)
            if start < 0 or line.find(closing, start) >= 0 or _is_in_code(line, start):
                continue
            if _ATTRIBUTES.match(line, start):
                continue
            if closing not in self._last:
                self._last[closing] = self._text.rfind(closing)
            if self._last[closing] >= at:
                return Begun(start, closing)
        return None


def _is_in_code(line: str, place: int) -> bool:
    """Whether a place of a line is between backticks."""
    at = 0
    while (at := line.find("`", at)) >= 0 and at < place:
        end = code_end(line, at)
        if at < place < end:
            return True
        at = end
    return False
