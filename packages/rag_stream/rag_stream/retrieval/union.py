"""What two searches for one question have found, as if one had. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from langchain_core.documents import Document

from rag_stream.retrieval.budget import Budget
from rag_stream.retrieval.reading import MOST_NAMED
from rag_stream.retrieval.repeats import Repeats
from rag_stream.retrieval.retriever import Retrieved
from rag_stream.text.weight import weight


def union(first: Retrieved, second: Retrieved, budget: Budget, *, once: bool = True) -> Retrieved:
    """The best documents of both that there is room for, each once, best first.

    Both hold in one generation. A document that both have found keeps its better score. `once`:
    of texts that say the same the first is taken, and names the others' sources.
    """
    fused = _joined(first.fused, second.fused, budget, once)
    documents, rerank = fused, None
    if first.rerank is not None and second.rerank is not None:
        documents = _joined(first.documents, second.documents, budget, once)
        rerank = first.rerank if first.rerank.state == "used" else second.rerank
    nearest = max(filter(None, (first.nearest, second.nearest)), default=second.nearest)
    return replace(second, documents=documents, fused=fused, nearest=nearest, rerank=rerank)


def _joined(
    first: Sequence[Document], second: Sequence[Document], budget: Budget, once: bool
) -> list[Document]:
    best: dict[str, Document] = {}
    for document in (*first, *second):
        key = str(document.metadata["chunk_id"])
        if key not in best or _order(document) > _order(best[key]):
            best[key] = document
    ranked = sorted(best.values(), key=_order, reverse=True)
    kept = _without_repeats(ranked) if once else ranked
    return [kept[place] for place in budget.fill([weight(d.page_content) for d in kept])]


def _order(document: Document) -> tuple[bool, float]:
    """What a reranker has named is before all else, by its score of it."""
    rerank = document.metadata["found"].get("rerank")
    score = document.metadata["score"] if rerank is None else rerank["score"]
    return rerank is not None, float(score)


def _without_repeats(ranked: Sequence[Document]) -> list[Document]:
    repeats, kept = Repeats(), list[Document]()
    for document in ranked:
        same = repeats.of(document.page_content)
        if same is None:
            kept.append(document)
        else:
            kept[same] = _naming(kept[same], document)
    return kept


def _naming(document: Document, repeat: Document) -> Document:
    """The document with the repeat's sources under `also_in`."""
    own = document.metadata["source"]
    there = document.metadata.get("also_in", ())
    more = (repeat.metadata["source"], *repeat.metadata.get("also_in", ()))
    sources = [source for source in dict.fromkeys((*there, *more)) if source != own]
    if not sources:
        return document
    metadata = {**document.metadata, "also_in": sources[:MOST_NAMED]}
    return Document(id=document.id, page_content=document.page_content, metadata=metadata)
