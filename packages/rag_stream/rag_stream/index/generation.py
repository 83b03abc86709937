"""What of the collection readers see: the chunks of one generation.

Chroma has no transactions, so each chunk says for which generations it holds: from
`since` up to, not including, `until` (0: no end). A reader looks at the generation in the
collection's metadata and takes only chunks that hold in it; a writer lays down the chunks
of generation g+1 beside the old ones and makes them count with one atomic change, the
generation's number (see `indexing/sync.py`). A source is thus seen old or new, never half,
and a writer that dies leaves nothing that anybody sees.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag_stream.errors import EmbeddingMismatchError
from rag_stream.index.client import Collection, Record

SCHEMA = 1
REBUILD_COMMAND = "python -m ingest --rebuild"
LABELLED = "labelled"
"""Metadata key: the generation in which a chunk that stayed was given another title."""
_BOOKKEEPING = ("since", "until", LABELLED)


@dataclass(frozen=True, slots=True)
class IndexState:
    """What readers see: the collection, its generation and the model of its vectors."""

    collection: Collection
    generation: int
    embedding_model: str

    @classmethod
    def of(cls, collection: Collection) -> "IndexState":
        metadata = collection.metadata
        return cls(
            collection, int(metadata.get("generation", 0)), str(metadata.get("embedding_model", ""))
        )

    def require(self, fingerprint: str) -> None:
        """Raise EmbeddingMismatchError unless the vectors were made by this model."""
        if self.embedding_model != fingerprint:
            raise EmbeddingMismatchError(
                f"the index {self.collection.name!r} was built with the embedding model "
                f"{self.embedding_model!r}, but {fingerprint!r} is configured: set RAG_EMBEDDINGS "
                f"back, or embed everything anew with `{REBUILD_COMMAND}`"
            )

    def holds(self, record: Record) -> bool:
        """Whether the chunk belongs to this generation."""
        since, until = _span(record)
        return since <= self.generation and (until == 0 or until > self.generation)

    def is_moving(self, record: Record) -> bool:
        """Whether the chunk is part of a change that is under way or just done."""
        since, until = _span(record)
        return until != 0 or since > self.generation


def _span(record: Record) -> tuple[int, int]:
    return int(record.metadata.get("since", 0)), int(record.metadata.get("until", 0))


def describe(record: Record) -> Mapping[str, Any]:
    """A chunk's public metadata: what was stored of it, without our bookkeeping."""
    return {key: value for key, value in record.metadata.items() if key not in _BOOKKEEPING}
