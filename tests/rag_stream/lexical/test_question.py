"""From a question to what is looked for, and what a full match would be worth."""

import pytest

from rag_stream.lexical.question import asked
from tests.rag_stream.lexical.test_fields import searcher_of

GATES = {
    f"gate{n}": f"How do I open gate {n}? I open the old gate at night, and never alone."
    for n in range(30)
}
TEXTS = GATES | {
    "proxy": "Set root_path when the app stands behind a proxy.",
    "roots": "The path of the root node: root first, then path after path.",
    "tasks": "BackgroundTasks run after the response.",
    "part": "The pump needs filter AX-4471.",
}
SEARCHER = searcher_of(TEXTS)


def found(question: str) -> tuple[list[str], float]:
    """The ids, best first, and the share of a full match that the best one has."""
    query = asked(SEARCHER, question)
    if query is None:
        return [], 0.0
    hits = SEARCHER.search(query.query, 50, count=False).hits
    ids = [bytes(SEARCHER.doc(place).get_first("id") or b"").decode() for _, place in hits]
    return ids, max((score for score, _ in hits), default=0.0) / query.full


@pytest.mark.parametrize("question", ["root_path", "What is root_path for?", "ROOT_PATH"])
def test_a_name_made_of_several_words_is_found_as_one(question: str) -> None:
    assert found(question)[0][0] == "proxy"


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("background tasks", "tasks"),
        ("BackgroundTasks", "tasks"),
        ("AX4471", "part"),
        ("AX-4471", "part"),
        ("ax 4471", "part"),
    ],
)
def test_it_is_found_by_its_parts_and_its_other_spellings(question: str, best: str) -> None:
    assert found(question)[0][0] == best


def test_function_words_are_not_looked_for() -> None:
    assert found("How do I and never the?") != ([], 0.0)  # there is nothing else
    assert found("How do I pump the filter?")[0] == ["part"]


def test_little_of_the_question_is_little_of_a_full_match() -> None:
    some, little = found("How do I see a doctor at night?")
    assert len(some) == 30
    assert little < 0.1
    assert found("When does the response run after background tasks?")[1] > 0.5


def test_a_word_that_no_chunk_has_is_a_part_of_the_question() -> None:
    assert found("pump filter unheardof")[1] < found("pump filter")[1]


def test_pairs_that_no_chunk_has_are_none() -> None:
    searcher = searcher_of({"cn": "退货期限为三十天。", "other": "something else"})
    one, other = asked(searcher, "退货期限"), asked(searcher, "退货与期限")
    assert one is not None
    assert other is not None
    assert other.full < one.full


def test_what_no_chunk_has_is_not_asked_for() -> None:
    assert asked(SEARCHER, "zzzz yyyy") is None


def test_rare_terms_say_most_and_unknown_ones_no_less() -> None:
    query = asked(SEARCHER, "How do I open the pump of the trombone?")
    assert query is not None
    said = query.information
    assert said.keys() == {"open", "pump", "trombon"}
    assert said["open"] < 1 < said["pump"] < said["trombon"]
