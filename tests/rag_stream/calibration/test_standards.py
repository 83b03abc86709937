import pytest

from rag_stream.calibration.standards import Standards, read_numbers, write_numbers
from rag_stream.calibration.thresholds import standards
from rag_stream.settings import LOCAL_EMBEDDINGS

OPENAI = "openai:text-embedding-3-small"
WIDE = Standards(
    {"en": 0.2, "zh": 0.5},
    {"en": 0.05, "zh": 0.05},
    0.4,
    frozenset({"en", "zh"}),
    aligned=frozenset({"de", "zh"}),
)
NARROW = Standards({"en": 0.85}, {"en": 0.0125}, None, frozenset({"en"}))


def is_answered(found: Standards, model: str, likeness: float, share: float) -> bool:
    standard = found.standard("en", model, 500)
    assert standard is not None
    return standard.score(likeness, share) >= standard.threshold


@pytest.mark.parametrize(("found", "near"), [(WIDE, 0.2 + 0.05), (NARROW, 0.85 + 0.0125)])
def test_words_and_likeness_make_up_for_each_other_whatever_the_range_of_the_model(
    found: Standards, near: float
) -> None:
    # One deviation above the middle of everyday questions: not without words, not with few.
    assert not is_answered(found, OPENAI, near, 0.0)
    assert not is_answered(found, OPENAI, near, 0.1)
    assert is_answered(found, OPENAI, near, 0.26)
    middle = found.middles["en"]
    assert not is_answered(found, OPENAI, middle, 0.25)
    assert is_answered(found, OPENAI, middle, 0.4)
    assert is_answered(found, OPENAI, middle + 3.1 * (near - middle), 0.0)


def test_scores_and_thresholds_are_between_nothing_and_all() -> None:
    for found in (WIDE, NARROW):
        for model in (OPENAI, LOCAL_EMBEDDINGS):
            standard = found.standard("en", model, 500)
            assert standard is not None
            assert 0 < standard.part < 1
            assert 0 < standard.threshold < 1
            assert standard.score(1.0, 1.0) == pytest.approx(1.0)
            assert standard.score(0.0, 0.0) == 0.0


def test_pairs_of_characters_are_seldom_all_there() -> None:
    chinese, english = (
        Standards({code: 0.85}, {code: 0.0125}, None, frozenset({code})).standard(code, OPENAI, 500)
        for code in ("zh", "en")
    )
    assert chinese is not None
    assert english is not None
    assert chinese.threshold < english.threshold
    assert chinese.part == english.part


def test_words_tell_nothing_where_no_document_is_in_the_language_of_the_question() -> None:
    assert NARROW.standard("zh", OPENAI, 500) is None
    assert WIDE.standard("th", OPENAI, 500) is None


def test_a_question_in_another_language_than_the_documents_is_held_by_its_margin() -> None:
    found = Standards(
        {"en": 0.8, "zh": 0.88},
        {"en": 0.01, "zh": 0.01},
        0.94,
        frozenset({"zh"}),
        {"en": 0.02},
        frozenset({"zh"}),
    )
    for margin, is_there in ((0.03, True), (0.022, False)):
        standard = found.abroad("en", 0.75, margin)
        assert standard is not None
        assert (standard.score(0.75, 0.0) >= standard.threshold) == is_there
    # Where nobody knows the margin, somewhat less than what everyday questions come near.
    for likeness, is_there in ((0.797, True), (0.79, False)):
        standard = found.abroad("en", likeness, None)
        assert standard is not None
        assert (standard.score(likeness, 0.0) >= standard.threshold) == is_there
    # Nor does the margin count for what is nearer than everyday questions come.
    for likeness, is_there in ((0.811, True), (0.809, False)):
        standard = found.abroad("en", likeness, 0.01)
        assert standard is not None
        assert (standard.score(likeness, 0.0) >= standard.threshold) == is_there
    assert found.abroad("zh", 0.8, 0.03) is None  # words count there
    assert found.abroad("th", 0.8, 0.03) is None  # nobody asked in it
    assert Standards({"en": 0.8}, {"en": 0.1}, None, frozenset()).abroad("en", 1, 1) is None


def test_likeness_tells_nothing_in_another_language_that_the_model_does_not_know() -> None:
    middles, languages = {"en": 0.8, "de": 0.8, "zh": 0.8}, frozenset({"zh"})
    deviations = dict.fromkeys(middles, 0.01)
    for aligned, asked in (((), ()), (("zh",), ("en",)), (("de", "zh"), ("en", "de"))):
        found = Standards(middles, deviations, None, languages, {}, frozenset(aligned))
        told = [own for own in ("en", "de") if found.abroad(own, 0.8, None) is not None]
        assert told == list(asked)


def test_likeness_counts_little_in_a_language_that_the_model_does_not_know() -> None:
    known, unknown = (WIDE.standard("zh", model, 500) for model in (OPENAI, LOCAL_EMBEDDINGS))
    assert known is not None
    assert unknown is not None
    assert unknown.part < known.part / 2
    # However near: all texts are alike to it.
    assert known.score(0.65, 0.05) >= known.threshold
    assert unknown.score(0.65, 0.05) < unknown.threshold
    assert unknown.score(0.5, 0.35) >= unknown.threshold
    # Among many chunks some have a part of the words by chance.
    many = WIDE.standard("zh", LOCAL_EMBEDDINGS, 8_000)
    assert many is not None
    assert unknown.threshold < many.threshold
    assert many.part == unknown.part


def test_words_count_less_among_documents_that_are_near_each_other() -> None:
    apart, near = (Standards({"en": 0.2}, {"en": 0.05}, 0.2 + 0.05 * kin, frozenset({"en"}))
                   for kin in (6, 9))  # fmt: skip
    assert is_answered(apart, OPENAI, 0.2, 0.4)
    assert not is_answered(near, OPENAI, 0.2, 0.4)
    assert is_answered(near, OPENAI, 0.2, 0.6)
    # By so much less than few words would have been worth.
    assert is_answered(near, OPENAI, 0.2 + 0.05 * 1.9, 0.0)
    assert not is_answered(apart, OPENAI, 0.2 + 0.05 * 1.9, 0.0)


def test_a_part_of_what_is_asked_for_will_do_for_a_name() -> None:
    whole, half = (WIDE.standard("en", OPENAI, 500, enough) for enough in (1.0, 0.5))
    assert whole is not None
    assert half is not None
    assert half.threshold < whole.threshold
    assert half.threshold > half.score(0.2, 0.0)  # more than an everyday question


def test_a_model_without_any_spread_is_no_division_by_nothing() -> None:
    flat = Standards({"en": 0.5}, {"en": 0.0}, None, frozenset({"en"}))
    standard = flat.standard("en", OPENAI, 500)
    assert standard is not None
    assert standard.threshold == pytest.approx(0.5, abs=1e-3)


def test_what_an_index_is_like() -> None:
    scores = {"en": [0.1, 0.2, 0.3, 0.4, 0.5], "de": [0.2, 0.2, 0.2, 0.2, 0.2]}
    found = standards(
        scores,
        {"en": [0.6] * 30, "de": [0.7] * 30},
        {"en": 90, "de": 30, "sv": 2},
        {"en": [0.1, 0.3, 0.2]},
        frozenset({"de"}),
    )
    assert found.middles == {"en": 0.3, "de": 0.2}
    assert found.deviations["en"] == pytest.approx(0.1 / 0.8416 * 1.2, rel=1e-4)
    assert 0 < found.deviations["de"] < found.deviations["en"]  # not less than is common
    assert found.kinship == 0.7
    assert found.languages == {"en", "de"}
    assert found.margins == {"en": 0.2}
    assert found.aligned == {"de"}
    assert standards(scores, {}, {}, {}, frozenset()).kinship is None


@pytest.mark.parametrize("found", [WIDE, NARROW])
def test_what_is_written_is_read(found: Standards) -> None:
    assert Standards.recorded(found.metadata()) == found


def test_a_record_without_them_has_none() -> None:
    assert Standards.recorded({}) is None
    halves = {**WIDE.metadata(), "everyday_deviations": "en=0.1"}
    assert Standards.recorded(halves) is None
    assert read_numbers(write_numbers({"en": 0.25})) == {"en": 0.25}
