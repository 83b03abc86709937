import numpy as np
import pytest

from rag_stream.calibration.everyday import everyday
from rag_stream.calibration.everydayness import Everydayness

QUESTIONS = np.eye(6, dtype=np.float32)


def test_the_three_nearest_count() -> None:
    known = Everydayness(QUESTIONS)
    asked = np.asarray([3, 2, 2, 1, 0, 0], dtype=np.float32)
    assert known.of(asked.tolist()) == pytest.approx((3 + 2 + 2) / 3 / np.sqrt(18))
    assert known.of([1.0, 0, 0, 0, 0, 0]) == pytest.approx(1 / 3)
    assert known.of([-1.0, 0, 0, 0, 0, 0]) == pytest.approx(0)


def test_lengths_tell_nothing() -> None:
    asked = [0.2, 0.5, 0.1, 0.0, 0.3, 0.9]
    told = Everydayness(QUESTIONS).of(asked)
    assert Everydayness(QUESTIONS * 7).of([9 * n for n in asked]) == pytest.approx(told)
    assert Everydayness(QUESTIONS).of([0.0] * 6) == 0


def test_an_everyday_question_is_not_compared_with_itself() -> None:
    vectors = np.asarray([[1, 0], [1, 0], [0, 1], [1, 1]], dtype=np.float32)
    half = np.sqrt(0.5)
    own = Everydayness(vectors).own()
    assert own == pytest.approx([(1 + half) / 3, (1 + half) / 3, half / 3, half])
    assert Everydayness(vectors).of([1.0, 0.0]) == pytest.approx((1 + 1 + half) / 3)


def test_where_questions_lie_is_the_mean_of_those_in_the_language() -> None:
    languages = [language for language, own in everyday().items() for _ in own]
    vectors = np.zeros((len(languages), 3), np.float32)
    for place, language in enumerate(languages):
        vectors[place] = {"en": (2, 0, 0), "de": (0, 3, 0)}.get(language, (0, 0, 1))
    known = Everydayness(vectors)
    assert known.centre("en").tolist() == [1, 0, 0]
    assert known.centre("de").tolist() == [0, 1, 0]
    assert known.centre("xx").tolist() == pytest.approx(
        [languages.count("en") / len(languages), languages.count("de") / len(languages),
         1 - (languages.count("en") + languages.count("de")) / len(languages)]
    )  # fmt: skip
