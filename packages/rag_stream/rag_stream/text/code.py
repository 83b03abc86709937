"""Where in a Markdown text code begins and ends, read as the text arrives."""

import re

_MARKS = re.compile(r"\n|`+|~~~+")
# What may stand on a line before a fence: quote and list marks.
_LEADS = " \t>*+-0123456789.)"
_FENCE = 3


class CodeSpans:
    """Reads a text once, in order; `inside` says whether what comes next is code.

    Fenced blocks end at their fence. Inline code ends at its line's end at the latest, so
    that a lone backtick does little harm.
    """

    def __init__(self) -> None:
        self._fence = ""
        self._span = 0
        self._in_fence_line = False
        self._line_is_bare = True

    @property
    def inside(self) -> bool:
        return bool(self._fence or self._span)

    def read(self, text: str) -> None:
        """Go on; no run of backticks or tildes may be split between two calls."""
        if "`" not in text and "~~~" not in text:  # by far the most texts
            at = text.rfind("\n") + 1
            if at > 0:
                self._end_line()
            self._pass(text[at:])
            return
        at = 0
        for mark in _MARKS.finditer(text):
            self._pass(text[at : mark.start()])
            at = mark.end()
            run = mark[0]
            if run == "\n":
                self._end_line()
                continue
            if self._fence:
                closes = self._line_is_bare or self._in_fence_line
                if closes and run[0] == self._fence[0] and len(run) >= len(self._fence):
                    self._fence = ""
            elif self._span:
                if run[0] == "`" and len(run) == self._span:
                    self._span = 0
            elif self._line_is_bare and len(run) >= _FENCE:
                self._fence, self._in_fence_line = run, True
            elif run[0] == "`":
                self._span = len(run)
            self._line_is_bare = False
        self._pass(text[at:])

    def _end_line(self) -> None:
        self._span, self._in_fence_line, self._line_is_bare = 0, False, True

    def _pass(self, text: str) -> None:
        if text and self._line_is_bare:
            self._line_is_bare = not text.strip(_LEADS)
