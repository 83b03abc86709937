"""What became of one source when it was written to the index."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rag_stream.index.client import Record
from rag_stream.indexing.diff import Plan

Change = Literal["added", "changed", "unchanged", "removed"]
Progress = Callable[[int, int], None]
"""Called with the number of chunks embedded so far and in all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one source; numbers of chunks."""

    source: str
    change: Change
    chunks: int
    embedded: int = 0
    deleted: int = 0


def outcome_of(source: str, steps: Plan, stored: Sequence[Record], *, embedded: int = 0) -> Outcome:
    """The outcome of taking these steps where these chunks were."""
    change: Change = "unchanged" if steps.is_empty else "changed" if stored else "added"
    total = len(steps.add) + len(steps.keep)
    return Outcome(source, change, total, embedded=embedded, deleted=len(steps.retire))
