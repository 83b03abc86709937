"""Boxes, tabs and directives that are open, one in another. Pure."""

import re
from dataclasses import dataclass

_DEEPEST = 50  # boxes within boxes


@dataclass(slots=True)
class _Frame:
    """What is open: an indented box, or a directive between fences or colons."""

    threshold: int = 0
    sign: str = ""
    in_options: bool = False
    is_dropped: bool = False


class Frames:
    """The innermost comes last. What is in an indented one lies four columns further in."""

    def __init__(self) -> None:
        self._open: list[_Frame] = []

    @property
    def is_open(self) -> bool:
        return bool(self._open)

    @property
    def is_full(self) -> bool:
        return len(self._open) > _DEEPEST

    @property
    def cut(self) -> int:
        """The columns that what comes is further in than it would be without them."""
        return sum(4 for frame in self._open if frame.threshold)

    def leave(self, indent: int) -> None:
        """Close the indented ones that a line is not in."""
        while self._open and self._open[-1].threshold > indent:
            self._open.pop()

    def indent(self, threshold: int, *, is_dropped: bool = False) -> None:
        """Open one that ends with its indentation."""
        self._open.append(_Frame(threshold=threshold + self.cut, is_dropped=is_dropped))

    def enclose(self, sign: str, *, is_dropped: bool) -> None:
        """Open a directive that ends with the sign it began with."""
        self._open.append(_Frame(sign=sign, in_options=True, is_dropped=is_dropped))

    def is_end(self, sign: str) -> bool:
        """Whether the innermost ends here; it is closed."""
        if not self._open or self._open[-1].sign != sign:
            return False
        self._open.pop()
        return True

    def close(self, sign: str) -> None:
        """Close the innermost that has the sign, with those in it."""
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place].sign == sign:
                del self._open[place:]
                break

    def is_in_options(self, bare: str) -> bool:
        """Whether a line is an option of a directive, or of one that is dropped as a whole."""
        if not self._open:
            return False
        top = self._open[-1]
        if any(frame.is_dropped for frame in self._open):
            return True
        if top.in_options and (re.match(r":[\w-]+:", bare) or bare == "---"):
            return True
        top.in_options = False
        return False
