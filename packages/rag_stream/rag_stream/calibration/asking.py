"""Asking an index the everyday questions, with the model that made its vectors."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rag_stream.calibration.alignment import aligned
from rag_stream.calibration.everyday import all_questions, everyday
from rag_stream.calibration.everydayness import Everydayness
from rag_stream.calibration.kept import keep, name_of, read
from rag_stream.calibration.kinship import kinship
from rag_stream.calibration.record import DIGITS, OF_EVERYDAYNESS, Calibration
from rag_stream.calibration.scatter import measured, sample
from rag_stream.calibration.standards import REACH
from rag_stream.calibration.thresholds import (
    BEYOND,
    answered,
    floors,
    spread,
    standards,
    thresholds,
)
from rag_stream.index.client import ChromaClient, Collection
from rag_stream.index.reader import IndexReader
from rag_stream.models.factory import Embedder

_SAME = 0.999
"""The likeness from which on a text has one vector as a question and as a document."""
_AT_ONCE = 100
_ASKED_AT_ONCE = 4

T = TypeVar("T")
Vectors = NDArray[np.float32]


async def calibrate(
    client: ChromaClient, collection: Collection, embedder: Embedder
) -> Calibration | None:
    """What the best scores of questions are that nothing in the collection answers.

    Their vectors are kept beside it, for those who answer from it, and are asked of the model
    where they are not there. None for a collection that holds nothing. No change of it is under
    way. Raises EmbeddingFailedError, WeightsError, IndexUnavailableError.
    """
    chunks = await client.count(collection)
    if chunks == 0:
        return None
    vectors = await _kept(client, collection, embedder)
    if vectors is None:
        vectors = await _embedded(embedder, all_questions())
        await keep(client, embedder.fingerprint, vectors)
    nearest: list[float] = []
    margins: list[float] = []
    for start in range(0, len(vectors), _AT_ONCE):
        some = list(vectors[start : start + _AT_ONCE])
        for near, far in await client.reaches(collection, some, REACH):
            nearest.append(1.0 - near)
            margins.append(far - near)
    likeness = _by_language(nearest)
    own = Everydayness(vectors).own()
    beyond = [near - OF_EVERYDAYNESS * like for near, like in zip(nearest, own, strict=True)]
    found = thresholds(likeness)
    kin = await kinship(client, collection)
    lost = answered(found, kin.near)
    by_language = _by_language(vectors)
    apart = _by_language(margins) if chunks >= REACH else {}
    return Calibration(
        embedder.fingerprint,
        chunks,
        _without(lost, found),
        lost,
        _without(lost, thresholds(_by_language(beyond), BEYOND)),
        _without(lost, floors(likeness)),
        round(spread(likeness), DIGITS),
        scale=measured(by_language, await sample(client, collection)),
        standards=standards(likeness, *kin, apart, aligned(by_language)),
    )


async def recalibrate(index: IndexReader, embedder: Embedder) -> Calibration | None:
    """The calibration of the index as it is now; made where it has another number of chunks.

    Nothing is asked of the model for that where its vectors of the questions are kept. The
    caller holds the index's lease. None for an index that holds nothing. Raises what
    `calibrate` raises.
    """
    client, state = await index.client(), await index.find()
    if state is None:
        return None
    collection = state.collection
    known = Calibration.of(collection.metadata)
    if known is not None and known.is_whole and known.chunks == await client.count(collection):
        name = _name(collection, embedder)
        kept = None if name is None else await client.find(name)
        if kept is not None and await client.count(kept) == len(all_questions()):
            return known
    found = await calibrate(client, collection, embedder)
    if found is not None:
        await client.set_metadata(collection, {**collection.metadata, **found.metadata()})
        await index.find()  # who looks at it next sees it
    return found


def _by_language(of_each: Iterable[T]) -> dict[str, list[T]]:
    """What there is of each question, in their order: scores, vectors."""
    told = iter(of_each)
    return {language: [next(told) for _ in questions] for language, questions in everyday().items()}


def _without(lost: Set[str], found: Mapping[str, float]) -> dict[str, float]:
    return {language: own for language, own in found.items() if language not in lost}


async def _kept(client: ChromaClient, collection: Collection, embedder: Embedder) -> Vectors | None:
    """The vectors of the questions, in their order; None where they are not there."""
    name = _name(collection, embedder)
    vectors = None if name is None else await read(client, name)
    return None if vectors is None else np.asarray(vectors, dtype=np.float32)


def _name(collection: Collection, embedder: Embedder) -> str | None:
    """Where they are kept; None for an index that does not say how long its vectors are."""
    dimension = collection.metadata.get("dimension")
    return name_of(embedder.fingerprint, dimension) if isinstance(dimension, int) else None


async def _embedded(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    """The texts as questions; in one request where the model makes no difference."""
    if embedder.local is not None:
        return np.asarray(await embedder.embed_questions(texts), dtype=np.float32)
    vectors = np.asarray(await embedder.embed_chunks(texts), dtype=np.float32)
    first = np.asarray(await embedder.embed_question(texts[0]), dtype=np.float32)
    lengths = float(np.linalg.norm(first) * np.linalg.norm(vectors[0]))
    if float(first @ vectors[0]) >= _SAME * lengths:
        return vectors
    # A model that knows questions from documents, and has a call for one question only.
    singly: list[Sequence[float]] = []
    for start in range(0, len(texts), _ASKED_AT_ONCE):
        part = texts[start : start + _ASKED_AT_ONCE]
        singly += await asyncio.gather(*map(embedder.embed_question, part))
    return np.asarray(singly, dtype=np.float32)
