import numpy as np
import pytest

from rag_stream.retrieval.history import MIXED, VECTORS
from rag_stream.retrieval.vectors import likeness, mixed

NOWHERE = np.zeros(3, np.float32)


def test_what_all_questions_have_in_common_is_no_likeness() -> None:
    common = np.asarray([0, 0, 9], np.float32)
    question, like, other = [1.0, 0, 9], [2.0, 0.1, 9], [0.0, 1, 9]
    assert likeness(question, other, NOWHERE) == pytest.approx(0.99, abs=0.01)
    assert likeness(question, other, common) == pytest.approx(0.0, abs=1e-6)
    assert likeness(question, like, common) == pytest.approx(1.0, abs=0.01)
    assert likeness([0.0, 0, 9], like, common) == 0.0


def test_the_turn_before_moves_a_question_most() -> None:
    vector = np.asarray(mixed([2.0, 0, 0], [(1, 1.0, [0, 3.0, 0]), (2, 0.5, [0, 0, 1.0])]))
    assert np.linalg.norm(vector) == pytest.approx(1.0)
    assert vector[1] / vector[0] == pytest.approx(VECTORS)
    assert vector[2] / vector[0] == pytest.approx(VECTORS**2 / 2)


def test_turns_of_one_place_count_alike_and_those_far_back_not_at_all() -> None:
    told = [(1, 1.0, [0, 3.0, 0]), (1, 1.0, [0, 0, 1.0]), (MIXED + 1, 1.0, [0, 1.0, 0])]
    vector = np.asarray(mixed([2.0, 0, 0], told))
    assert vector[1] == vector[2] == pytest.approx(vector[0] * VECTORS)


def test_what_is_not_known_or_does_not_count_moves_nothing() -> None:
    assert mixed([1.0, 0, 0], [(1, 1.0, None), (2, 1.0, [0, 0, 1.0])])[1] == 0.0
    assert list(mixed([3.0, 0, 0], [(1, 0.0, [0, 1.0, 0])])) == [1.0, 0.0, 0.0]
    assert list(mixed([0.0, 0, 0], [])) == [0.0, 0.0, 0.0]
