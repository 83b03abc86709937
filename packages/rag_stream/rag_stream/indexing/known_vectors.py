"""Vectors that need no text to be embedded: of chunks that moved, or came below other headings."""

from collections.abc import Mapping, Sequence
from typing import Any

from rag_stream.indexing.smoothing import Place, Smoother


async def known_vectors(
    wanted: Sequence[Place], stored: Mapping[Place, Any], smoother: Smoother
) -> dict[Place, Any]:
    """Those of the wanted vectors that follow from the stored ones of the source.

    Raises EmbeddingFailedError, WeightsError.
    """
    below = dict(stored.keys())  # contexts with the headings they are stored below
    known = {place: stored[place] for place in wanted if place in stored}
    others = [place for place in dict.fromkeys(wanted) if place not in known and place[0] in below]
    if others:
        made = await smoother.moved(
            [stored[context, below[context]] for context, _ in others],
            [below[context] for context, _ in others],
            [path for _, path in others],
        )
        known.update(zip(others, made, strict=True))
    return known
