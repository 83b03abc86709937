"""What of a source stands in the index, in one number: its chunks and all that they say. Pure.

Equal numbers mean that writing the source again would change nothing, whoever wrote it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rag_stream.index.client import Record
from rag_stream.index.generation import labels_of
from rag_stream.indexing.diff import Chunk

_NUMBERS = 1 << 128


@dataclass(slots=True)
class Tally:
    """Of one source; its chunks may be added in any order."""

    chunks: int = 0
    _sum: int = 0

    @classmethod
    def of(cls, chunks: Iterable[Chunk]) -> "Tally":
        """Of chunks as they shall stand there."""
        tally = cls()
        for chunk in chunks:
            tally._add(chunk.id, chunk.metadata)
        return tally

    def add(self, record: Record) -> None:
        """One more that stands there."""
        self._add(record.id, labels_of(record))

    def _add(self, id: str, labels: Mapping[str, Any]) -> None:
        # The id stands for the source, the place and the text.
        said = json.dumps([id, labels], sort_keys=True).encode()
        number = int.from_bytes(hashlib.sha256(said).digest()[:16])
        self._sum = (self._sum + number) % _NUMBERS
        self.chunks += 1

    def __str__(self) -> str:
        return f"{self.chunks}-{self._sum:032x}"
