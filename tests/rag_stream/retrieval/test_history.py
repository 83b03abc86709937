"""What counts of what was said before a question, and how far."""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

import pytest

from rag_stream.conversation import Turn
from rag_stream.retrieval.history import ANSWER_CHARS, TURNS, History, history_of

TALK = (
    Turn("user", "How tall is the old lighthouse?"),
    Turn("assistant", "The lighthouse is 40 m tall."),
)


def of(question: str, *turns: Turn) -> History:
    history = history_of(question, turns or TALK)
    assert history is not None
    return history


def test_the_last_turns_come_first_and_only_some_count() -> None:
    turns = [Turn("user", f"turn {n}") for n in range(20)]
    history = of("What then?", *turns, Turn("assistant", "x" * 2_000))
    assert history.users == tuple(f"turn {n}" for n in range(19, 19 - TURNS, -1))
    assert history.answer == "x" * ANSWER_CHARS
    assert of("What then?", *turns).answer is None


@pytest.mark.parametrize(
    "turns", [(), (Turn("assistant", "Hello!"),), (Turn("user", "Why is that?"),)]
)
def test_where_the_user_has_said_nothing_else_nothing_counts(turns: tuple[Turn, ...]) -> None:
    assert history_of("Why is that?", turns) is None


@pytest.mark.parametrize(
    ("question", "turn"),
    [
        ("How many steps has the lighthouse tower?", "How tall is the old lighthouse?"),
        ("Wie viele Stufen hat der Leuchtturm?", "Wie hoch ist der alte Leuchtturm?"),
        ("那座灯塔的台阶有多少级？", "那座灯塔有多高？"),
    ],
)
def test_shared_words_and_likeness_make_it_count_more(question: str, turn: str) -> None:
    near, far = of(question, Turn("user", turn)), of(question, Turn("user", "Apple pie?"))
    assert near.shared > 0 == far.shared
    assert near.counts(0.1) > far.counts(0.1)
    assert far.counts(0.1) < far.counts(0.2) < far.counts(0.3) == 1.0 == far.counts(0.9)


@pytest.mark.parametrize("question", ["Who built it?", "Wer hat ihn gebaut?", "它多少钱？"])
def test_one_that_leans_is_never_taken_for_a_new_topic(question: str) -> None:
    strange = "Which passport does a sailor need abroad these days?"
    assert of(question).counts(-0.5) > of(strange).counts(-0.5) > 0
    assert of(question).counts(None) > of(strange).counts(None)


def test_the_last_turn_counts_most_and_all_as_far_as_they_count() -> None:
    history = of("And why?", Turn("user", "first"), Turn("user", "second"), TALK[1])
    full, half = history.words(1.0), history.words(0.5)
    assert [one.text for one in full] == ["second", "first", TALK[1].text]
    assert [one.worth for one in full] == [0.5, 0.25, 0.2]
    assert [one.worth for one in half] == [0.25, 0.125, 0.1]


def test_a_reader_of_both_texts_is_told_the_topic_where_it_counts() -> None:
    history = of("Who built it?")
    assert history.read_with("Who built it?", 1.0) == f"{TALK[0].text}\nWho built it?"
    assert history.read_with("Who built it?", 0.15) == "Who built it?"
