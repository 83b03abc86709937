"""Filters in the store's language."""

from rag_stream.filters import chroma_where


def test_one_key_is_a_condition_of_its_own() -> None:
    assert chroma_where({"source": ["a", "b"]}) == {"source": {"$in": ["a", "b"]}}


def test_several_keys_hold_together() -> None:
    where = chroma_where({"source": ["a"], "title": ["T"]})
    assert where == {"$and": [{"source": {"$in": ["a"]}}, {"title": {"$in": ["T"]}}]}
