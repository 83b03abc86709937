"""How much of what was found goes into the prompt.

Counted by what it says: lengths are weights (`text/weight.py`), those of English its characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_SHORT = 150
"""Weight of a short chunk: to guess how many of them fill the context."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What the prompt has room for: so many characters of English or as much, and documents."""

    chars: int
    k: int
    read_least: int = 0
    """So many are read whatever fits: for a reranker, which chooses among them."""

    @property
    def at_once(self) -> int:
        """How many chunks to read at a time: as many as fit, were they short."""
        return max(self.read_least, min(self.k, 1 + self.chars // _SHORT))

    def fill(self, lengths: Sequence[float]) -> list[int]:
        """Which documents fit, given the lengths of all, best first.

        Taken in order; one that does not fit is passed over for those after it that do. The
        best is taken in any case.
        """
        chosen: list[int] = []
        left = float(self.chars)
        for place, length in enumerate(lengths):
            if len(chosen) == self.k:
                break
            if length <= left or not chosen:
                chosen.append(place)
                left -= length
        return chosen

    def is_used_up(self, lengths: Sequence[float]) -> bool:
        """Whether nothing needs to be read after documents of these lengths."""
        chosen = self.fill(lengths)
        is_full = len(chosen) < len(lengths) or len(chosen) == self.k
        return is_full and len(lengths) >= self.read_least
