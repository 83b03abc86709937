"""A passage as the document that clients and models see."""

from collections.abc import Sequence
from typing import Any

from langchain_core.documents import Document

from rag_stream.index.generation import describe
from rag_stream.retrieval.budget import Budget
from rag_stream.retrieval.reading import Passage
from rag_stream.text.weight import weight


def document(passage: Passage) -> Document:
    """The chunk's text and public metadata, with how it was found."""
    candidate, record, also_in = passage
    places = {
        "dense": candidate.dense,
        "lexical": candidate.lexical,
        "rerank": candidate.rerank,
    }
    score = round(candidate.score, 6)
    how: dict[str, Any] = {
        name: {"rank": place.rank, "score": round(place.score, 6)}
        for name, place in places.items()
        if place is not None
    }
    # Sorted, because Chroma gives the keys in another order every time.
    metadata = {
        **dict(sorted(describe(record).items())),
        "chunk_id": record.id,
        "score": score,
        "found": {**how, "fused": score},
    }
    if also_in:
        metadata["also_in"] = list(also_in)
    return Document(id=record.id, page_content=record.text, metadata=metadata)


def fitting(passages: Sequence[Passage], budget: Budget) -> list[Document]:
    """Those that there is room for."""
    lengths = [weight(passage.record.text) for passage in passages]
    return [document(passages[place]) for place in budget.fill(lengths)]
