"""Code in Markdown that is open: between fences, or in a tag that encloses some. Pure."""

import re
from dataclasses import dataclass

from ingest.sources.markdown import signs


@dataclass(slots=True)
class Fence:
    """None is open where `sign` is empty."""

    sign: str = ""
    tag_end: re.Pattern[str] | None = None
    """What ends the code of a tag."""
    _at: int = 0
    _in_options: bool = False
    _is_unshown: bool = False

    def begin(
        self, sign: str, at: int, *, has_options: bool = False, is_unshown: bool = False
    ) -> None:
        """Code after a fence that begins so many columns in; unshown: a cell that only runs."""
        self.sign, self._at = sign, at
        self._in_options, self._is_unshown = has_options, is_unshown

    def begin_tag(self, end: re.Pattern[str]) -> None:
        """Code in a tag."""
        self.sign, self.tag_end = "```", end

    def take(self, line: str) -> str | None:
        """What to show of a line of it, the last one included; None for nothing, and no line."""
        if self.tag_end is not None:
            if self.tag_end.search(line):
                self.sign, self.tag_end, line = "", None, "```"
            return line
        if self._is_end(line):
            self.sign = ""
        elif self._in_options and signs.CELL_OPTION.match(line):
            self._is_unshown |= signs.UNSHOWN_OPTION.match(line) is not None
            return None
        self._in_options = False
        if self._is_unshown:  # but for the line that begins it and the one that ends it
            line = "" if self.sign else line
            self._is_unshown = bool(self.sign)
        return line

    def _is_end(self, line: str) -> bool:
        found = signs.FENCE.match(line) if "```" in line or "~~~" in line else None
        is_at_place = found is not None and found.start(1) < self._at + 4
        return bool(
            found and is_at_place and found[1].startswith(self.sign) and not found[2].strip()
        )
