"""The state of the index that one question is answered from."""

from dataclasses import dataclass, field, replace
from typing import Self

from rag_stream.errors import EmbeddingMismatchError
from rag_stream.index.client import Collection, Record
from rag_stream.index.generation import REBUILD_COMMAND, span


@dataclass(frozen=True, slots=True)
class IndexSnapshot:
    """One generation of one collection, and what holds in it.

    A question takes one and keeps it from its first search to its last chunk. Whoever meets
    something that is not of it raises IndexMovedError, and the retriever begins again with
    another one.
    """

    collection: Collection
    generation: int
    embedding_model: str
    lexical_generation: int = field(default=0, compare=False)
    """Of the lexical index that the question was searched in; 0: in none, or not yet."""

    @classmethod
    def of(cls, collection: Collection) -> Self:
        metadata = collection.metadata
        return cls(
            collection, int(metadata.get("generation", 0)), str(metadata.get("embedding_model", ""))
        )

    def with_lexical(self, generation: int) -> Self:
        """The same with the generation that the lexical index stood for."""
        return replace(self, lexical_generation=generation)

    def require(self, fingerprint: str) -> None:
        """Raise EmbeddingMismatchError unless the vectors were made by this model."""
        if self.embedding_model != fingerprint:
            raise EmbeddingMismatchError(
                f"the index {self.collection.name!r} was built with the embedding model "
                f"{self.embedding_model!r}, but {fingerprint!r} is configured: set RAG_EMBEDDINGS "
                f"back, or embed everything anew with `{REBUILD_COMMAND}`"
            )

    def require_dimension(self, dimension: int) -> None:
        """Raise EmbeddingMismatchError unless its vectors have so many numbers, where known."""
        made = self.collection.metadata.get("dimension")
        if made is not None and made != dimension:
            raise wrong_dimension(self.collection.name, self.embedding_model, int(made), dimension)

    def holds(self, record: Record) -> bool:
        """Whether the chunk belongs to this generation."""
        since, until = span(record)
        return since <= self.generation and (until == 0 or until > self.generation)

    def is_moving(self, record: Record) -> bool:
        """Whether the chunk is part of a change that is under way or just done."""
        since, until = span(record)
        return until != 0 or since > self.generation


def wrong_dimension(index: str, model: str, made: int, now: int) -> EmbeddingMismatchError:
    """The error where one model makes vectors of another length than before."""
    return EmbeddingMismatchError(
        f"the index {index!r} holds vectors of {made} numbers, but {model!r} now makes {now}: "
        f"embed everything anew with `{REBUILD_COMMAND}`"
    )
