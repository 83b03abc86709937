"""Comments that begin in one line of Markdown and end in another, or never do. Pure."""

import re
from typing import NamedTuple

from ingest.sources.markdown import signs
from ingest.sources.markdown.macros import code_end

_SIGNS = (("<!--", "-->"), ("{/*", "*/}"), ("{#", "#}"))
_TO_THE_END = re.compile(r"[ ]{0,3}<(script|style|textarea)(?=[\s>])", re.I)
"""Tags at a line's beginning that take all of the text, where nothing ends them."""
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

    def without(self, line: str, at: int) -> tuple[str, str]:
        """The line, which ends at `at`, up to a comment that goes on, and what ends that."""
        begun = self.begun(line, at) if "<!--" in line or "{" in line else None
        if begun is None:
            return self.without_endless(line, at), ""
        return line[: begun.start], begun.closing

    def begun(self, line: str, at: int) -> Begun | None:
        """The comment that begins in a line, which ends at `at`, and goes on after it."""
        for opening, closing in _SIGNS:
            start = line.rfind(opening)
            if start < 0 or line.find(closing, start) >= 0 or _is_in_code(line, start):
                continue
            if _ATTRIBUTES.match(line, start):
                continue
            if self._last_of(closing) >= at:
                return Begun(start, closing)
        return None

    def block(self, bare: str, at: int) -> str:
        """What closes the comment that a line is the beginning of; `at`: where the line ends."""
        if bare == "%%":
            return bare if self._last_of(bare) >= at else ""
        comment = signs.COMMENT_TAG.fullmatch(bare)
        if comment is None:
            return ""
        return "endcomment" if comment[1] == "%" else "/comment"

    def without_endless(self, line: str, at: int) -> str:
        """The line, which ends at `at`; a tag that would take the rest of the text is a word."""
        found = _TO_THE_END.match(line)
        if found is None:
            return line
        end = f"</{found[1].lower()}"
        if end in line.lower() or self._last_of(end) >= at:
            return line
        return f"&lt;{line.lstrip()[1:]}"

    def _last_of(self, closing: str) -> int:
        if closing not in self._last:
            self._last[closing] = self._text.lower().rfind(closing)
        return self._last[closing]


def _is_in_code(line: str, place: int) -> bool:
    """Whether a place of a line is between backticks."""
    at = 0
    while (at := line.find("`", at)) >= 0 and at < place:
        end = code_end(line, at)
        if at < place < end:
            return True
        at = end
    return False
