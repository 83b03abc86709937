"""Measuring an index's scale (`scale.py`) with its chunks and the everyday questions."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag_stream.calibration.scale import FEWEST, Scale
from rag_stream.index.client import ChromaClient, Collection

SAMPLE = 200
"""Chunks that are looked at."""
_PAGES = 10
DIGITS = 6
_SURE = 15
"""Questions of a language that have to be there, for it to be the one a model knows best."""

Vectors = NDArray[np.float32]


async def sample(client: ChromaClient, collection: Collection) -> Vectors:
    """The vectors of some chunks from all over the collection. Raises IndexUnavailableError."""
    count = await client.count(collection)
    pages = min(_PAGES, max(1, count // SAMPLE))
    found: list[NDArray[np.float32]] = []
    for page in range(pages):
        offset = page * (count // pages)
        some = await client.get(
            collection, texts=False, vectors=True, limit=SAMPLE // pages, offset=offset
        )
        found += [record.vector for record in some if record.vector is not None]
    return np.asarray(found, dtype=np.float32)


def measured(questions: Mapping[str, Sequence[Vectors]], chunks: Vectors) -> Scale:
    """By the vectors of questions, by language, and of chunks from all over an index."""
    known = knowledge(questions)
    if len(chunks) < FEWEST:
        return Scale(None, known)
    asked = _units(np.concatenate([*questions.values()]))
    scatter = np.median((asked @ _units(chunks).T).std(axis=1))
    return Scale(round(float(scatter), DIGITS) or None, known)


def knowledge(questions: Mapping[str, Sequence[Vectors]]) -> dict[str, float]:
    """How well the model tells questions in a language apart, beside the one it does best."""
    apart = {language: _apart(own) for language, own in questions.items() if len(own) > 1}
    sure = [own for language, own in apart.items() if len(questions[language]) >= _SURE]
    best = max(sure or apart.values(), default=0.0)
    if best <= 0.0:
        return {}
    return {language: round(max(0.0, min(1.0, own / best)), 3) for language, own in apart.items()}


def _apart(vectors: Sequence[Vectors]) -> float:
    """How far from 1 the cosines of different vectors are, in the mean."""
    count, total = len(vectors), _units(np.asarray(vectors)).sum(axis=0)
    # The square of the sum is the sum of all products, of which each with itself is 1.
    return 1.0 - (float(total @ total) - count) / (count * (count - 1))


def _units(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)
