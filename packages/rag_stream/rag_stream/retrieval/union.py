"""What two searches for one question have found, as if one had. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from langchain_core.documents import Document

from rag_stream.retrieval.budget import Budget
from rag_stream.retrieval.retriever import Retrieved


def union(first: Retrieved, second: Retrieved, budget: Budget) -> Retrieved:
    """The best documents of both that there is room for, each once, best first.

    A document that both have found keeps its better score. Where the index has moved on
    between them, what holds together is the second alone.
    """
    if first.generation != second.generation:
        return second
    fused = _joined(first.fused, second.fused, budget)
    is_reranked = first.rerank is not None or second.rerank is not None
    documents = _joined(first.documents, second.documents, budget) if is_reranked else fused
    nearest = max(filter(None, (first.nearest, second.nearest)), default=second.nearest)
    return replace(second, documents=documents, fused=fused, nearest=nearest)


def _joined(
    first: Sequence[Document], second: Sequence[Document], budget: Budget
) -> list[Document]:
    best: dict[str, Document] = {}
    for document in (*first, *second):
        key = str(document.metadata["chunk_id"])
        if key not in best or _score(document) > _score(best[key]):
            best[key] = document
    ranked = sorted(best.values(), key=_score, reverse=True)
    return [ranked[place] for place in budget.fill([len(d.page_content) for d in ranked])]


def _score(document: Document) -> float:
    """By a reranker where it says one: its scores of two questions can be compared as well."""
    rerank = document.metadata["found"].get("rerank")
    return float(document.metadata["score"] if rerank is None else rerank["score"])
