"""A plainer way to join both rankings than the service's own, to see what its own is worth."""

from collections.abc import Mapping, Sequence

from langchain_core.documents import Document

CANDIDATES = 50
"""Of each ranking."""
_RRF = 60


def by_rank(dense: Sequence[Document], lexical: Sequence[Document]) -> list[Document]:
    """Reciprocal rank fusion: only the places count."""
    scores: dict[str, float] = {}
    for ranking in (dense, lexical):
        for place, document in enumerate(ranking[:CANDIDATES], start=1):
            scores[_id(document)] = scores.get(_id(document), 0.0) + 1 / (_RRF + place)
    return _sorted(scores, dense, lexical)


def _sorted(
    scores: Mapping[str, float], dense: Sequence[Document], lexical: Sequence[Document]
) -> list[Document]:
    documents = {_id(document): document for document in (*dense, *lexical)}
    return [documents[one] for one in sorted(scores, key=lambda one: -scores[one])]


def _id(document: Document) -> str:
    return str(document.metadata["chunk_id"])
