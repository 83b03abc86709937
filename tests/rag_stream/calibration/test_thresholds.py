import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_stream.calibration.thresholds import BEYOND, answered, floors, spread, thresholds


def scores(seed: int, count: int = 110, middle: float = 0.2, spread: float = 0.05) -> list[float]:
    drawn = np.random.default_rng(seed).normal(middle, spread, count)
    return [float(score) for score in drawn]


def test_most_questions_are_below_the_threshold_and_it_is_not_far_above() -> None:
    own = scores(1)
    (found,) = thresholds({"en": own}).values()
    assert np.mean(np.asarray(own) < found) >= 0.95
    assert 0.27 < found < 0.37


def test_each_language_has_its_own() -> None:
    found = thresholds({"en": scores(1), "de": scores(2, 24, 0.5)})
    assert found["de"] > found["en"] + 0.2


def test_a_few_that_the_index_does_answer_hardly_move_it() -> None:
    plain, answered = scores(3), scores(3)
    answered[:9] = [0.8] * 9  # of 110: a cookery book
    before, after = (thresholds({"en": own})["en"] for own in (plain, answered))
    assert before <= after < before + 0.12


@given(st.floats(0.02, 1), st.floats(0, 0.9))
def test_a_model_of_another_range_of_likenesses_refuses_the_same(
    scale: float, shift: float
) -> None:
    own = scores(4)
    (plain,) = thresholds({"en": own}).values()
    (other,) = thresholds({"en": [scale * score + shift for score in own]}).values()
    assert other == pytest.approx(scale * plain + shift)


def test_scores_that_are_all_the_same_are_their_threshold() -> None:
    assert thresholds({"th": [0.4] * 8}) == {"th": 0.4}


def test_an_index_about_something_is_told_from_one_about_everything() -> None:
    found = thresholds({"en": scores(5), "de": scores(6, 24)})
    assert answered(found, {"en": scores(7, 200, 0.75, 0.1)}) == set()
    assert answered(found, {"en": scores(8, 200, 0.35, 0.1)}) == {"en", "de"}
    assert answered(found, {}) == set()


def test_each_language_is_told_apart_by_its_own_chunks() -> None:
    found = thresholds({"en": scores(5), "ru": scores(6, 24, 0.6), "fr": scores(9, 24, 0.7)})
    apart = {"en": scores(7, 200, 0.75, 0.05)}
    assert answered(found, apart) == set()  # no chunk of the others is there to compare with
    assert answered(found, {**apart, "ru": scores(8, 30, 0.5)}) == {"ru"}
    alike = {"en": scores(8, 200, 0.2), "ru": scores(8, 30, 0.5)}
    assert answered(found, alike) == {"en", "ru", "fr"}


def test_fewer_are_to_be_below_where_that_will_do() -> None:
    own = {"en": scores(1)}
    assert 0.25 < thresholds(own, BEYOND)["en"] <= thresholds(own)["en"]


def test_the_spread_is_that_of_a_language_in_the_middle() -> None:
    told = {"en": scores(1, 2_000), "de": scores(2, 2_000, 0.6, 0.01), "fr": scores(3, 2_000)}
    assert spread(told) == pytest.approx(0.05, rel=0.1)
    answered = scores(1, 2_000)
    answered[:160] = [0.9] * 160
    assert spread({"en": answered}) == pytest.approx(0.05, rel=0.3)


def test_what_any_question_has_to_come_near_is_below_the_threshold_by_likeness() -> None:
    told = {"en": scores(1), "de": scores(2, 24, 0.5)}
    found, least = thresholds(told), floors(told)
    assert all(0.2 < least[language] < found[language] for language in told)
    assert least["de"] > least["en"] + 0.2
