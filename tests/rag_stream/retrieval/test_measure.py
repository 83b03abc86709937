from typing import Any

import pytest

from rag_stream.calibration.scale import Scale
from rag_stream.retrieval.fusion import LEXICAL_WEIGHT, Candidate, Worth, fuse
from rag_stream.retrieval.measure import Measure
from rag_stream.settings import LOCAL_EMBEDDINGS

ENGLISH = "How long does the battery of the lamp last?"
ARABIC = "كم تدوم بطارية المصباح؟"
MINILM = {"embedding_model": LOCAL_EMBEDDINGS}
E5 = {"embedding_model": "local:multilingual-e5-small"}
OTHER = "openai:text-embedding-3-small"


def measured(scatter: float, **known: float) -> dict[str, Any]:
    return {"embedding_model": OTHER, **Scale(scatter, known).metadata(OTHER)}


def worth(question: str, metadata: dict[str, Any], cosines: tuple[float, ...] = ()) -> Worth:
    return Measure.of(question, metadata).worth(cosines, 50)


def test_words_are_worth_the_more_the_farther_cosines_lie_apart() -> None:
    wide, narrow = worth(ENGLISH, measured(0.08)), worth(ENGLISH, measured(0.01))
    assert wide.words == pytest.approx(8 * narrow.words)
    assert wide.meaning == narrow.meaning == 1.0


def test_the_local_models_without_a_measurement() -> None:
    assert worth(ENGLISH, MINILM).words == pytest.approx(0.6, abs=0.005)
    assert worth(ENGLISH, E5).words == pytest.approx(0.0625, abs=0.001)


def test_a_model_that_nothing_is_known_of_goes_by_the_candidates() -> None:
    """Which lie nearer to each other than the chunks of the index do."""
    wide = tuple(0.6 - 0.002 * n for n in range(50))
    narrow = tuple(0.9 - 0.0004 * n for n in range(50))
    nothing = {"embedding_model": OTHER}
    assert worth(ENGLISH, nothing, wide).words == pytest.approx(0.303, abs=0.01)
    assert worth(ENGLISH, nothing, narrow).words == pytest.approx(0.0606, abs=0.002)
    assert worth(ENGLISH, nothing, narrow[:3]) == Worth(LEXICAL_WEIGHT)


def test_cosines_are_worth_less_in_a_language_that_the_model_does_not_know() -> None:
    english, arabic = worth(ENGLISH, MINILM), worth(ARABIC, MINILM)
    assert arabic.words == english.words
    assert arabic.meaning < 0.25 < english.meaning == 1.0
    assert worth(ARABIC, E5) == worth(ENGLISH, E5)
    known = measured(0.02, en=1.0, ar=0.9, th=0.3)
    assert worth(ARABIC, known) == worth(ENGLISH, known)


def test_there_is_an_end_to_that() -> None:
    for share in (0.1, 0.0):
        own = worth(ARABIC, measured(0.01, en=1.0, ar=share))
        assert own == Worth(pytest.approx(0.07), 0.1)


def order(found: list[Candidate]) -> list[str]:
    return [candidate.id for candidate in found]


def test_a_stray_word_does_not_win_over_meaning_where_all_cosines_are_high() -> None:
    """A question in one language over documents in another: of five words one is there."""
    dense = [("right", 0.862), *((f"n{n}", 0.835 - n / 10_000) for n in range(20))]
    stray = [(f"n{n}", 4.0 - n / 100) for n in range(20)]
    own = worth(ENGLISH, E5)
    assert order(fuse(dense, stray, 20.0, worth=own))[0] == "right"
    assert order(fuse(dense, stray, 20.0))[0] != "right"  # words as for cosines of another model


def test_all_the_words_win_where_meaning_is_unsure() -> None:
    dense = [(f"n{n}", 0.842 - n / 10_000) for n in range(20)]
    said = [("right", 19.0), ("n3", 6.0)]
    found = fuse(dense, said, 20.0, {"right": 0.822}, worth(ENGLISH, E5))
    assert order(found)[0] == "right"


def test_the_nearest_in_a_language_that_the_model_does_not_know_keeps_no_place() -> None:
    dense = [("chance", 0.95), *((f"n{n}", 0.94 - n / 1_000) for n in range(20))]
    said = [(f"n{n}", 20.0 - n) for n in range(10)]
    assert "chance" not in order(fuse(dense, said, 20.0, worth=worth(ARABIC, MINILM)))[:4]
    assert "chance" in order(fuse(dense, said, 20.0, worth=worth(ENGLISH, MINILM)))[:4]
