"""What goes into the prompt: the best that fit, in order."""

from hypothesis import given
from hypothesis import strategies as st

from rag_stream.retrieval.budget import Budget


def test_what_does_not_fit_is_left_out_and_smaller_ones_come_in() -> None:
    assert Budget(400, 50).fill([300, 200, 90, 10]) == [0, 2, 3]


def test_the_best_counts_even_if_it_is_too_long() -> None:
    assert Budget(400, 50).fill([500, 100]) == [0]
    assert Budget(400, 50).fill([]) == []


def test_no_more_than_asked_for() -> None:
    assert Budget(400, 2).fill([10, 10, 10]) == [0, 1]


def test_it_is_used_up_when_one_is_left_out_or_there_are_enough() -> None:
    assert not Budget(400, 50).is_used_up([300, 90])
    assert Budget(400, 50).is_used_up([300, 101])
    assert Budget(400, 2).is_used_up([10, 10])


def test_as_many_are_read_at_a_time_as_may_fit() -> None:
    assert (Budget(4_000, 100).at_once, Budget(4_000, 4).at_once) == (27, 4)


def test_a_reranker_is_given_enough_to_choose_from_whatever_fits() -> None:
    budget = Budget(400, 2, read_least=3)
    assert budget.at_once == 3
    assert not budget.is_used_up([300, 300])
    assert budget.is_used_up([300, 300, 300])


@given(st.lists(st.integers(0, 500)), st.integers(1, 5_000), st.integers(1, 20))
def test_the_bounds_are_kept(lengths: list[int], most_chars: int, k: int) -> None:
    chosen = Budget(most_chars, k).fill(lengths)
    assert chosen == sorted(set(chosen))
    assert len(chosen) <= k
    assert sum(lengths[i] for i in chosen) <= max(most_chars, lengths[0] if lengths else 0)
