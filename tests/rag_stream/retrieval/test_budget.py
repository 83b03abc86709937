"""What goes into the prompt: the best that fit, in order."""

from hypothesis import given
from hypothesis import strategies as st

from rag_stream.retrieval.budget import fill


def test_what_does_not_fit_is_left_out_and_smaller_ones_come_in() -> None:
    assert fill([300, 200, 90, 10], 400, 50) == [0, 2, 3]


def test_the_best_counts_even_if_it_is_too_long() -> None:
    assert fill([500, 100], 400, 50) == [0]
    assert fill([], 400, 50) == []


def test_no_more_than_asked_for() -> None:
    assert fill([10, 10, 10], 400, 2) == [0, 1]


@given(st.lists(st.integers(0, 500)), st.integers(1, 5_000), st.integers(1, 20))
def test_the_bounds_are_kept(lengths: list[int], most_chars: int, k: int) -> None:
    chosen = fill(lengths, most_chars, k)
    assert chosen == sorted(set(chosen))
    assert len(chosen) <= k
    assert sum(lengths[i] for i in chosen) <= max(most_chars, lengths[0] if lengths else 0)
