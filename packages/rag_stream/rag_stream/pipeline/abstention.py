"""Whether what was retrieved is about the question at all. Pure."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from langchain_core.documents import Document

from rag_stream.schema import Relevance
from rag_stream.settings import LOCAL_EMBEDDINGS
from rag_stream.text.keywords import terms

REFUSAL = "I found nothing about this in the documents."
"""The answer where nothing retrieved is relevant."""

# The part that the question's words have in the score; the rest is likeness of meaning.
_WORDS = 0.3
# Words are looked for in the best documents only, each by itself: among many documents
# there is every word somewhere.
_DOCUMENTS = 3
# Beyond this a document is not read; the calibration had chunks of 200 to 450 characters.
_CHARS = 1_000

# By the embedding model's name: what counts as alike differs from model to model. `make eval`
# prints what other thresholds would do.
_THRESHOLDS: Mapping[str, float] = {LOCAL_EMBEDDINGS: 0.31}


def judge(
    question: str,
    documents: Sequence[Document],
    model: str,
    abstain_below: Literal["auto", "off"] | float,
) -> Relevance:
    """How relevant `documents`, best first, are to the question.

    `model` is the embedding model's fingerprint, "name" or "name@version"; "auto" stands for
    its threshold, and for none where it was not calibrated. Reads the cosines in the
    documents' metadata `found`.
    """
    threshold: float | None
    if abstain_below == "auto":
        threshold = _THRESHOLDS.get(model.partition("@")[0])
    else:
        threshold = None if isinstance(abstain_below, str) else abstain_below
    return Relevance(score=_score(question, documents), threshold=threshold)


def _score(question: str, documents: Sequence[Document]) -> float | None:
    if not documents:
        return 0.0
    cosines = [cosine for cosine in map(_cosine, documents) if cosine is not None]
    if not cosines:
        return None
    # None in a question of another language or of emoji: then it takes more likeness.
    words = terms(question[:_CHARS])
    share = max(
        (len(words & terms(d.page_content[:_CHARS])) / len(words) for d in documents[:_DOCUMENTS])
        if words
        else (0.0,)
    )
    blend = (1 - _WORDS) * max(cosines) + _WORDS * share
    return round(min(1.0, max(0.0, blend)), 4)


def _cosine(document: Document) -> float | None:
    """Its likeness to the question, where the dense search or the fusion knew it."""
    found: Any = document.metadata.get("found")
    dense = found.get("dense") if isinstance(found, Mapping) else None
    value = dense.get("score") if isinstance(dense, Mapping) else None
    if isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    return None
