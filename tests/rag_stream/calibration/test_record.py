import pytest

from rag_stream.calibration.everyday import EDITION
from rag_stream.calibration.record import Calibration
from rag_stream.calibration.standards import Standards

MODEL = "openai:text-embedding-3-small"
FOUND = Calibration(
    MODEL,
    1_000,
    {"en": 0.3125, "zh": 0.41},
    beyond={"en": 0.125, "zh": 0.25},
    floors={"en": 0.2, "zh": 0.3},
    spread=0.0625,
    standards=Standards({"en": 0.2}, {"en": 0.05}, 0.4, frozenset({"en"})),
)


def stored(found: Calibration, **changes: object) -> dict[str, object]:
    return {"embedding_model": MODEL, "generation": 7, **found.metadata(), **changes}


def test_what_is_written_is_read() -> None:
    assert Calibration.of(stored(FOUND)) == FOUND
    assert all(isinstance(value, str | int | float | bool) for value in FOUND.metadata().values())


def test_that_it_was_not_possible_is_written_too() -> None:
    impossible = Calibration(MODEL, 1_000, {})
    assert Calibration.of(stored(impossible)) == impossible
    assert not impossible.is_possible
    assert FOUND.is_possible


def test_a_language_in_which_everyday_questions_are_answered_has_no_threshold() -> None:
    partly = Calibration(MODEL, 1_000, {"en": 0.3125}, frozenset({"ru", "uk"}))
    assert Calibration.of(stored(partly)) == partly
    assert partly.is_possible
    assert (partly.threshold("ru"), partly.threshold("en")) == (None, 0.3125)
    assert partly.threshold("sw") == 0.3125


def test_an_index_from_before_has_none() -> None:
    assert Calibration.of({"embedding_model": MODEL, "generation": 7}) is None


def test_another_edition_or_model_is_none() -> None:
    assert Calibration.of(stored(FOUND, everyday_edition=EDITION + 1)) is None
    assert Calibration.of(stored(FOUND, embedding_model="openai:text-embedding-3-large")) is None


def test_the_threshold_of_a_language() -> None:
    assert FOUND.threshold("en") == 0.3125
    assert FOUND.threshold("sw") == 0.41


def test_a_question_that_is_like_everyday_ones_has_to_come_nearer() -> None:
    assert FOUND.threshold_beyond("en", 0.2) == pytest.approx(0.225)
    assert FOUND.threshold_beyond("en", 0.6) == pytest.approx(0.425)
    assert FOUND.threshold_beyond("sw", 0.2) == pytest.approx(0.35)
    assert FOUND.threshold_beyond("en", 0.1) == 0.2  # that near it has to be in any case
    assert FOUND.threshold_beyond("sw", 0.0) == 0.3
    answers = Calibration(MODEL, 1_000, {"en": 0.3}, frozenset({"ru"}), {"en": 0.1}, spread=0.05)
    assert answers.threshold_beyond("ru", 0.2) is None
    assert Calibration(MODEL, 1_000, {"en": 0.3}).threshold_beyond("en", 0.2) is None
