"""Chunks in their order, and what is near each of them."""

import random

from rag_stream.index.client import Record
from rag_stream.index.neighbours import in_order, nearby


def test_chunks_stand_in_the_order_of_their_places() -> None:
    row = [Record(f"{n:03}", "", {"start_index": n}) for n in range(0, 500, 7)]
    assert in_order(random.sample(row, len(row))) == row


def test_chunks_of_unknown_places_have_an_order_that_stays() -> None:
    row = [Record("a", "one", {}), Record("b", "two", {})]
    assert in_order(row[::-1]) == row


def test_the_nearer_a_text_the_more_often_it_is_there() -> None:
    row = ["a", "b", "c", "d"]
    assert nearby(row, [1]) == row
    assert nearby(row, [3, 2, 1]) == [
        "a a a b b c",
        "a a b b b c c d",
        "a b b c c c d d",
        "b c c d d d",
    ]


def test_a_text_alone_has_only_itself() -> None:
    assert nearby(["a"], [2, 1]) == ["a a"]
    assert nearby([], [2, 1]) == []
