"""What two searches have found, as one."""

from typing import Any

from langchain_core.documents import Document

from rag_stream.index.client import Collection
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.retrieval.budget import Budget
from rag_stream.retrieval.retriever import Retrieved
from rag_stream.retrieval.union import union
from rag_stream.schema import Rerank

BUDGET = Budget(chars=1_000, k=3)


def found(
    id: str, score: float, rerank: float | None = None, *, text: str = "", **labels: Any
) -> Document:
    how: dict[str, Any] = {} if rerank is None else {"rerank": {"rank": 1, "score": rerank}}
    said = {"source": f"{id}.md", **labels}
    metadata = {**said, "chunk_id": id, "score": score, "found": {**how, "fused": score}}
    return Document(text or f"text of {id}", metadata=metadata)


def retrieved(*documents: Document, rerank: bool | str = False) -> Retrieved:
    collection = Collection("c", "rag", {"generation": 3})
    state = rerank if isinstance(rerank, str) else "used"
    used = Rerank(state=state, model="m") if rerank else None
    fused = sorted(documents, key=lambda document: -document.metadata["score"])
    return Retrieved(
        list(documents), IndexSnapshot.of(collection), [1.0], "hybrid", fused, rerank=used
    )


def ids(documents: list[Document]) -> list[str]:
    return [document.metadata["chunk_id"] for document in documents]


def test_the_best_of_both_come_once_by_their_better_score() -> None:
    first = retrieved(found("a", 0.5), found("b", 0.4), found("c", 0.1))
    second = retrieved(found("d", 0.9), found("b", 0.6))
    joined = union(first, second, BUDGET)
    assert ids(joined.documents) == ids(joined.fused) == ["d", "b", "a"]
    assert [document.metadata["score"] for document in joined.documents] == [0.9, 0.6, 0.5]


def test_there_is_as_much_as_there_is_room_for() -> None:
    first, second = retrieved(found("a", 0.5)), retrieved(found("b", 0.6))
    assert ids(union(first, second, Budget(chars=12, k=3)).documents) == ["b"]


def test_a_reranker_decides_about_the_order() -> None:
    first = retrieved(found("a", 0.5, 0.9), rerank=True)
    second = retrieved(found("b", 0.6, 0.2), rerank=True)
    joined = union(first, second, BUDGET)
    assert ids(joined.documents) == ["a", "b"]
    assert joined.rerank == Rerank(state="used", model="m")


def test_what_a_reranker_has_named_is_first() -> None:
    first = retrieved(found("a", 0.5, 0.9), found("x", 1.5), rerank=True)
    late = retrieved(found("b", 1.2), rerank="timed_out")
    joined = union(first, late, BUDGET)
    assert ids(joined.documents) == ["a", "x", "b"]
    assert joined.rerank == Rerank(state="used", model="m")
    assert union(late, first, BUDGET).rerank == Rerank(state="used", model="m")


def test_texts_that_say_the_same_come_once_and_name_their_sources() -> None:
    text = "The backup starts at half past one every night, and its copies are kept for two weeks."
    first = retrieved(found("a", 0.5, text=text, source="one.md"))
    second = retrieved(
        found("b", 0.6, text=text.upper(), source="two.md", also_in=["one.md", "three.md"]),
        found("c", 0.4),
    )
    joined = union(first, second, BUDGET)
    assert ids(joined.documents) == ["b", "c"]
    assert joined.documents[0].metadata["also_in"] == ["one.md", "three.md"]
    turned = union(second, retrieved(found("a", 0.7, text=text, source="one.md")), BUDGET)
    assert turned.documents[0].metadata["also_in"] == ["two.md", "three.md"]
    assert "also_in" not in first.documents[0].metadata  # what was found stays as it is
    assert ids(union(first, second, BUDGET, once=False).documents) == ["b", "a", "c"]


def test_there_is_room_for_what_says_as_much_in_any_script() -> None:
    chinese = ["请假申请须提前三天提交。", "会议室由行政部门统一管理。", "出差费用按实际发票报销。"]
    first = retrieved(*(found(str(n), 0.9 - n / 10, text=text) for n, text in enumerate(chinese)))
    room = Budget(chars=80, k=3)  # 36 characters fit, but not what they weigh
    assert ids(union(first, first, room).documents) == ["0", "1"]
