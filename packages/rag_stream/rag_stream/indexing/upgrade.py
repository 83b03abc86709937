"""How an index was made that does not record it: those of versions before recipes.

Its chunks tell how they were cut, as far as they are longer, or overlap more, than another
cut allows. Whether its vectors lean on their neighbours' is tried on one source: three
texts are embedded anew and compared. Where a source is one chunk only, nothing can be told
and nothing depends on it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from rag_stream.index.client import ChromaClient
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.indexing.recipe import Cut, Recipe
from rag_stream.indexing.smoothing import Smoother
from rag_stream.models.factory import Embedder

CUTS: Final = (Cut("sentences", 1, 300, 0), Cut("recursive", 1, 1_000, 200))
SMOOTHINGS: Final[tuple[tuple[float, ...], ...]] = ((0.5, 0.25), ())
"""What the profiles made before recipes were recorded. That is past: it does not change."""
PAGE = 1_000


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """Where a chunk lies in its source."""

    start: int
    end: int
    id: str


async def infer(
    client: ChromaClient, state: IndexSnapshot, embedder: Embedder, configured: Recipe
) -> Recipe:
    """The recipe of the index as far as it can be told, the configured one where it cannot.

    Raises EmbeddingFailedError, WeightsError, IndexUnavailableError.
    """
    sources = await _pieces(client, state)
    found = cut_of(list(sources.values()), configured)
    dimension = state.collection.metadata.get("dimension")
    return replace(
        found,
        headings=None,  # vectors knew nothing of them
        weights=await _weights(client, state, embedder, sources, configured),
        dimension=None if dimension is None else int(dimension),
    )


async def infer_cut(client: ChromaClient, state: IndexSnapshot, configured: Recipe) -> Recipe:
    """The configured recipe with the cut of the index. Raises IndexUnavailableError."""
    found = cut_of(list((await _pieces(client, state)).values()), configured)
    return replace(found, headings=None, embedding_model=state.embedding_model)


def cut_of(sources: Sequence[Sequence[Piece]], configured: Recipe) -> Recipe:
    """`configured` with the cut that these sources' chunks, in order, show; mixed where unclear.

    Of the cuts that may have made a source, the one of the smallest chunks: longer ones
    would have been used. All chunkers were of their first version then.
    """
    own = replace(configured.cut, version=1)
    cuts = sorted({own: None, **dict.fromkeys(CUTS)}, key=lambda cut: cut.size)
    told = {
        next((cut for cut in cuts if _fits(pieces, cut)), None)
        for pieces in sources
        if len(pieces) > 1
    }
    cut = told.pop() if len(told) == 1 else None
    best = own if cut is None else cut
    is_mixed = not all(_fits(pieces, best) for pieces in sources) or bool(told)
    return replace(configured, cut=best, is_mixed=is_mixed)


def _fits(pieces: Sequence[Piece], cut: Cut) -> bool:
    overlaps = any(after.start < before.end for before, after in pairwise(pieces))
    longest = max(piece.end - piece.start for piece in pieces)
    return longest <= cut.size and (cut.overlap > 0 or not overlaps)


async def _pieces(client: ChromaClient, state: IndexSnapshot) -> dict[str, list[Piece]]:
    """The chunks of every source, in order."""
    found: dict[str, list[Piece]] = defaultdict(list)
    offset = 0
    while page := await client.get(state.collection, limit=PAGE, offset=offset):
        offset += len(page)
        for record in filter(state.holds, page):
            start = int(record.metadata["start_index"])
            piece = Piece(start, start + len(record.text), record.id)
            found[str(record.metadata["source"])].append(piece)
    return {source: sorted(pieces) for source, pieces in found.items()}


async def _weights(
    client: ChromaClient,
    state: IndexSnapshot,
    embedder: Embedder,
    sources: dict[str, list[Piece]],
    configured: Recipe,
) -> tuple[float, ...]:
    """Those with which the first chunk of a source gets the vector that is stored."""
    choices = list(dict.fromkeys((configured.weights, *SMOOTHINGS)))
    reach = max(map(len, choices))
    for pieces in sources.values():
        if len(pieces) < 2:
            continue
        ids = [piece.id for piece in pieces[: reach + 1]]
        got = await client.get(state.collection, ids=ids, vectors=True)
        records = {record.id: record for record in got}
        texts = [records[id].text for id in ids]
        stored = records[ids[0]].vector
        if texts[0] == texts[1] or stored is None:
            continue
        distances = []
        for weights in choices:
            edge = [None] * len(weights)
            context = (*edge, *texts[: len(weights) + 1], *edge)[: 2 * len(weights) + 1]
            vector = (await Smoother(embedder, weights).vectors([context]))[0]
            lengths = float(np.linalg.norm(vector) * np.linalg.norm(stored))
            distances.append(1 - float(vector @ stored) / max(lengths, 1e-12))
        return choices[int(np.argmin(distances))]
    return configured.weights
