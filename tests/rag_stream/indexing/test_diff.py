"""What changes between two versions of a source."""

from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document

from rag_stream.index.client import Record
from rag_stream.indexing.diff import Chunk, chunk_id, chunks_of, plan, record_of


def chunk(text: str, start: int = 0, title: str = "T") -> Chunk:
    metadata = {"source": "s", "title": title, "start_index": start}
    return Chunk(chunk_id("s", start, text), text, metadata)


def stored(chunk: Chunk) -> Record:
    return Record(chunk.id, chunk.text, {**chunk.metadata, "since": 1, "until": 0})


def test_nothing_changes_for_the_same_chunks() -> None:
    chunks = [chunk("a"), chunk("b", 2)]
    assert plan([stored(c) for c in chunks], chunks).is_empty


def test_when_a_chunk_was_written_is_no_difference_and_stays() -> None:
    one = chunk("a")
    new = record_of(one, [1.0], 3, "2026-11-27T14:08:10Z", None, {})
    assert new.metadata == {
        **one.metadata, "since": 3, "until": 0, "ingested": "2026-11-27T14:08:10Z"
    }  # fmt: skip
    assert plan([new], [one]).is_empty
    again = record_of(one, [2.0], 4, "2026-12-01T00:00:00Z", new, {"title": "U"})
    assert again.metadata == {**new.metadata, "title": "U"}


def test_a_changed_text_replaces_its_chunk_only() -> None:
    old, new = [chunk("a"), chunk("b", 2)], [chunk("a"), chunk("c", 2)]
    steps = plan([stored(c) for c in old], new)
    assert [c.text for c in steps.add] == ["c"]
    assert [r.text for r in steps.retire] == ["b"]
    assert steps.keep == [chunk("a")]


def test_a_new_title_relabels_all_chunks_at_once() -> None:
    old = [chunk("a"), chunk("b", 2)]
    new = [chunk("a", title="U"), chunk("b", 2, title="U")]
    steps = plan([stored(c) for c in old], new)
    assert steps.relabel == [({"title": "U"}, [c.id for c in old])]
    assert not steps.add
    assert not steps.retire


def test_what_a_chunk_has_no_more_is_taken_from_it() -> None:
    old = chunk("a")
    labelled = Chunk(old.id, old.text, {**old.metadata, "section": "S", "columns": "A | B"})
    record = Record(old.id, old.text, {**labelled.metadata, "since": 1, "until": 0, "labelled": 3})
    assert plan([record], [labelled]).is_empty
    assert plan([record], [old]).relabel == [({"columns": None, "section": None}, [old.id])]
    assert plan([stored(old)], [labelled]).relabel == [
        ({"section": "S", "columns": "A | B"}, [old.id])
    ]


def test_a_root_is_compared_and_kept() -> None:
    bare = chunk("a")
    rooted = Chunk(bare.id, bare.text, {**bare.metadata, "root": "r"})
    assert plan([stored(rooted)], [rooted]).is_empty
    assert plan([stored(rooted)], [bare]).is_empty
    assert plan([stored(bare)], [rooted]).relabel == [({"root": "r"}, [bare.id])]


def test_ids_tell_source_position_and_text_apart() -> None:
    ids = {chunk_id(*key) for key in [("s", 0, "t"), ("t", 0, "t"), ("s", 1, "t"), ("s", 0, "u")]}
    assert len(ids) == 4
    assert all(len(id) == 32 for id in ids)


def test_the_same_chunk_twice_counts_once() -> None:
    twice = [Document("a", metadata={"source": "s", "title": "T", "start_index": 0})] * 2
    assert len(chunks_of(twice)) == 1


texts = st.lists(st.text(max_size=5), max_size=8)


@given(texts, texts)
def test_carrying_a_plan_out_gives_the_wanted_chunks(before: list[str], after: list[str]) -> None:
    old = [chunk(text, start) for start, text in enumerate(before)]
    new = [chunk(text, start) for start, text in enumerate(after)]
    steps = plan([stored(c) for c in old], new)
    left = {c.id for c in old} - {r.id for r in steps.retire} | {c.id for c in steps.add}
    assert left == {c.id for c in new}
    assert {c.id for c in steps.keep} == {c.id for c in old} & {c.id for c in new}
