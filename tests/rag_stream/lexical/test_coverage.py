import pytest

from rag_stream.lexical.coverage import coverage

ASKED = {"greas": 4.0, "conveyor": 5.0, "belt": 1.0}
NOTHING = {"source": "a.md", "title": "a.md"}


def test_rare_words_count_most() -> None:
    assert coverage(ASKED, "The conveyors are greased, each belt, too.", NOTHING) == 1
    assert coverage(ASKED, "Wash the conveyor's belt.", NOTHING) == pytest.approx(0.6)
    assert coverage(ASKED, "Grease the belt.", NOTHING) == pytest.approx(0.5)
    assert coverage(ASKED, "Bread is baked.", NOTHING) == 0


def test_one_word_alone_tells_nothing() -> None:
    assert coverage(ASKED, "Wash the conveyor.", NOTHING) == 0
    assert coverage({"weather": 6.0}, "Returns the weather of a town.", NOTHING) == 0
    titled = {"source": "a.md", "title": "Conveyors", "section": "Conveyors"}
    assert coverage(ASKED, "Grease.", titled) == pytest.approx(0.9)  # one here, one above


def test_what_stands_above_a_chunk_counts_as_its_text() -> None:
    above = {"source": "belts.md", "title": "The conveyor", "section": "The conveyor > Grease"}
    assert coverage(ASKED, "Once a week.", above) == 1


def test_scripts_without_blanks_count_by_pairs() -> None:
    assert coverage({"传送": 2.0, "送带": 2.0, "带油": 4.0}, "传送带", NOTHING) == pytest.approx(
        0.5
    )


def test_a_question_of_no_words_is_not_covered() -> None:
    assert coverage({}, "The conveyor.", NOTHING) == 0
    assert coverage({"conveyor": 0.0}, "The conveyor.", NOTHING) == 0


def test_one_word_alone_is_worth_what_is_asked() -> None:
    assert coverage(ASKED, "Wash the conveyor.", NOTHING, 0.5) == pytest.approx(
        0.5 * ASKED["conveyor"] / sum(ASKED.values())
    )
    assert coverage(ASKED, "Grease the belt.", NOTHING, 0.5) == pytest.approx(0.5)  # two
