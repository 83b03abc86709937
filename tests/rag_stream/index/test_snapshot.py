"""One state of the index: what holds in it, and when two are the same."""

import pytest

from rag_stream.errors import EmbeddingMismatchError
from rag_stream.index.client import Collection, Record
from rag_stream.index.snapshot import IndexSnapshot

METADATA = {"generation": 5, "embedding_model": "model"}
SNAPSHOT = IndexSnapshot.of(Collection("id", "rag", METADATA))


def record(since: int, until: int) -> Record:
    return Record("id", "text", {"since": since, "until": until})


@pytest.mark.parametrize(
    ("since", "until", "holds", "moving"),
    [
        (1, 0, True, False),
        (5, 0, True, False),
        (6, 0, False, True),  # laid down, not yet counting
        (1, 6, True, True),  # about to end
        (1, 5, False, True),  # ended
    ],
)
def test_a_chunk_holds_for_its_generations(
    since: int, until: int, holds: bool, moving: bool
) -> None:
    assert SNAPSHOT.holds(record(since, until)) is holds
    assert SNAPSHOT.is_moving(record(since, until)) is moving


def test_vectors_of_another_model_are_refused() -> None:
    SNAPSHOT.require("model")
    with pytest.raises(EmbeddingMismatchError, match="'model', but 'other' is configured"):
        SNAPSHOT.require("other")


def test_vectors_of_another_length_are_refused() -> None:
    SNAPSHOT.require_dimension(3)  # nothing is known of it
    known = IndexSnapshot.of(Collection("id", "rag", {**METADATA, "dimension": 384}))
    known.require_dimension(384)
    with pytest.raises(EmbeddingMismatchError, match="of 384 numbers, but 'model' now makes 8"):
        known.require_dimension(8)


def test_the_lexical_index_makes_it_no_other_snapshot() -> None:
    searched = SNAPSHOT.with_lexical(4)
    assert (searched.generation, searched.lexical_generation) == (5, 4)
    assert searched == SNAPSHOT


@pytest.mark.parametrize(
    "other",
    [
        Collection("another", "rag", METADATA),
        Collection("id", "rag", {**METADATA, "generation": 6}),
    ],
)
def test_another_collection_or_generation_is_another_snapshot(other: Collection) -> None:
    assert IndexSnapshot.of(other) != SNAPSHOT
