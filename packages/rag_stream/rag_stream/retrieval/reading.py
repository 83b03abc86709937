"""What has been read for a question so far: passages, best first, each text once. Pure."""

from typing import NamedTuple

from rag_stream.index.client import Record
from rag_stream.retrieval.fusion import Candidate
from rag_stream.retrieval.repeats import Repeats
from rag_stream.text.weight import weight

MOST_NAMED = 10
"""Sources that a passage names beside its own."""


class Passage(NamedTuple):
    """A chunk that was found and holds, and how it was found.

    `also_in`: other sources that say the same, as far as that was found.
    """

    candidate: Candidate
    record: Record
    also_in: tuple[str, ...] = ()


class Reading:
    """Takes passages as they come, and counts those that repeat an earlier one to that one."""

    def __init__(self, once: bool = True) -> None:
        """Not `once`: everything is taken."""
        self.passages: list[Passage] = []
        self.lengths: list[float] = []
        """Their weights, for the budget."""
        self._repeats = Repeats() if once else None

    def add(self, passage: Passage, *, is_full: bool = False) -> None:
        """The next one, best first; when `is_full` it is not taken, but named where it repeats."""
        text = passage.record.text
        same = None if self._repeats is None else self._repeats.of(text, keep=not is_full)
        if same is not None:
            self.passages[same] = _naming(self.passages[same], passage.record)
        elif not is_full:
            self.passages.append(passage)
            self.lengths.append(weight(text))


def _naming(passage: Passage, repeat: Record) -> Passage:
    source = str(repeat.metadata.get("source", ""))
    known = (str(passage.record.metadata.get("source", "")), *passage.also_in)
    if source in known or len(passage.also_in) == MOST_NAMED:
        return passage
    return passage._replace(also_in=(*passage.also_in, source))
