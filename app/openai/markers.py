"""Citation markers written anew as they pass, and where everything stands afterwards. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from rag_stream.citations.scanner import Mark


class Markers:
    """Numbers sources, by their first use unless numbers are given, and puts them into a text."""

    def __init__(self, numbers: dict[int, int] | None = None) -> None:
        """`numbers`: from 1, by document, from 0."""
        self.numbers = dict(numbers or {})
        self._size = 0
        # Of each marker: where it began and ended, and how far what follows it is moved.
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._moved: list[int] = [0]
        self._last: int | None = None

    def passes(self, text: str) -> None:
        """A text without markers has been sent as it is."""
        self._size += len(text)

    def rewrite(
        self, text: str, marks: Sequence[Mark], write: Callable[[int, int], str] | None = None
    ) -> str:
        """The next text with its markers as they are sent.

        `write`: makes a marker of a number and its document. Of neighbours that have become the
        same the first stays.
        """
        begin, parts, at = self._size, [], 0
        for mark in marks:
            document = mark.number - 1
            number = self.numbers.setdefault(document, len(self.numbers) + 1)
            is_again = number == self._last and self._ends[-1] == mark.start
            sent = "" if is_again else write(number, document) if write else f"[{number}]"
            parts += [text[at : mark.start - begin], sent]
            at = mark.end - begin
            self._last = number
            self._starts.append(mark.start)
            self._ends.append(mark.end)
            self._moved.append(self._moved[-1] + len(sent) - (mark.end - mark.start))
        self._size += len(text)
        return "".join([*parts, text[at:]])

    def sent(self, offset: int) -> int:
        """Where a position of the answer stands in what was sent; within a marker: its start."""
        before = bisect_right(self._ends, offset)
        if before < len(self._starts):
            offset = min(offset, max(self._starts[before], 0))
        return offset + self._moved[before]

    @property
    def size(self) -> int:
        """Characters sent."""
        return self._size + self._moved[-1]
