import pytest

from rag_stream.calibration.scale import FEWEST, Scale, by_candidates
from rag_stream.settings import LOCAL_EMBEDDINGS

MODEL = "openai:text-embedding-3-small"
MEASURED = Scale(0.081234, {"en": 1.0, "ar": 0.873})


def stored(scale: Scale, model: str = MODEL, **changes: object) -> dict[str, object]:
    return {"embedding_model": model, **scale.metadata(model), **changes}


def test_what_is_written_is_read() -> None:
    assert Scale.recorded(stored(MEASURED)) == Scale.of(stored(MEASURED)) == MEASURED
    assert all(isinstance(value, str | float) for value in MEASURED.metadata(MODEL).values())


def test_that_it_could_not_be_measured_is_written_too() -> None:
    few = Scale(None, {"en": 1.0})
    assert Scale.recorded(stored(few)) == few
    assert Scale.of(stored(few)) == Scale()


def test_an_index_from_before_or_of_another_model_has_none() -> None:
    assert Scale.recorded({"embedding_model": MODEL, "generation": 7}) is None
    other = stored(MEASURED, embedding_model="openai:text-embedding-3-large")
    assert Scale.recorded(other) is None
    assert Scale.of(other) == Scale()


@pytest.mark.parametrize("version", ["", "@0a1b2c3d"])
def test_the_local_models_have_one_in_any_index(version: str) -> None:
    """Cosines of the one lie five times as far apart; and it knows few languages."""
    minilm = Scale.of({"embedding_model": LOCAL_EMBEDDINGS + version})
    e5 = Scale.of({"embedding_model": f"local:multilingual-e5-small{version}"})
    assert minilm.scatter is not None
    assert e5.scatter is not None
    assert 5 < minilm.scatter / e5.scatter < 6
    assert minilm.knows("ar") < 0.5 < minilm.knows("de") < minilm.knows("en") == 1.0
    assert e5.knows("ar") == e5.knows("en") == 1.0


def test_an_index_in_a_language_that_a_local_model_does_not_know_has_that_at_the_least() -> None:
    known = {"en": 1.0, "ar": 0.3}
    for measured, told in ((0.03, 0.0667), (0.09, 0.09)):
        own = Scale.of(stored(Scale(measured, known), LOCAL_EMBEDDINGS))
        assert own == Scale(told, known, 9.0)


def test_by_the_candidates_of_a_question() -> None:
    near = [0.9 - 0.001 * n for n in range(50)]
    own = by_candidates(near, 50)
    assert own == pytest.approx(1.5 * 0.01443, abs=1e-4)
    assert by_candidates(near, 60) == pytest.approx(0.01443, abs=1e-4)  # the index has no more
    assert by_candidates([0.5 + one for one in near], 50) == pytest.approx(own)
    assert by_candidates([3 * one for one in near], 50) == pytest.approx(3 * (own or 0.0))
    assert by_candidates(near[: FEWEST - 1], 50) is None
