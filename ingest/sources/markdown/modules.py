"""Statements of modules in Markdown: what it imports and exports is no part of the text. Pure."""

import re

from ingest.sources.markdown import signs

_LONGEST_STATEMENT = 20_000  # characters
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")
_GOES_ON = re.compile(r"(?:=>?|,|\bfrom)\s*$")


class Modules:
    """Told of the lines of one text; `is_mdx`: where such statements are usual."""

    def __init__(self, text: str, *, is_mdx: bool) -> None:
        self._text = text
        self._is_mdx = is_mdx
        self._statement = ""
        self._look_at = _LONGEST_STATEMENT
        self.has_imports = False

    @property
    def is_open(self) -> bool:
        """Whether the next line is part of a statement."""
        return bool(self._statement)

    def begins(self, line: str, at: int, *, was_blank: bool) -> bool:
        """Whether a statement begins in a line, which ends at `at`."""
        if signs.IMPORT.match(line) and (self._is_mdx or was_blank):
            before = max(0, at - signs.LONGEST)
            if self._text.rfind("<pre", before, at) > self._text.rfind("</pre", before, at):
                return False
            self.has_imports |= re.search(r"\sfrom\s|\{\s*$", line) is not None
            return True
        return self._is_mdx and signs.EXPORT.match(line) is not None

    def leave_out(self, line: str) -> None:
        """A line of a statement, up to its last one."""
        self._statement += line + "\n"
        if self._is_mdx and line and len(self._statement) < self._look_at:
            return  # it ends with a blank line, or is too long
        self._look_at = max(_LONGEST_STATEMENT, len(self._statement) * 5 // 4)
        if _is_whole(self._statement, is_mdx=self._is_mdx):
            self._statement, self._look_at = "", _LONGEST_STATEMENT


def _is_whole(code: str, *, is_mdx: bool) -> bool:
    """Whether a module's statement is at its end: brackets are closed, in MDX a blank line came."""
    bare = _QUOTED.sub("", code)
    if len(bare) > _LONGEST_STATEMENT:
        return True
    if sum(bare.count(sign) for sign in "({[") > sum(bare.count(sign) for sign in ")}]"):
        return False
    return code.endswith("\n\n") or not (is_mdx or _GOES_ON.search(bare))
