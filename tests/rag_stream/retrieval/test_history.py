"""What counts of what was said before a question, and how far."""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

import pytest

from rag_stream.conversation import Turn
from rag_stream.retrieval.history import (
    ANSWER_CHARS,
    PLACES,
    TURNS,
    History,
    Said,
    history_of,
    read_with,
)

TALK = (
    Turn("user", "How tall is the old lighthouse?"),
    Turn("assistant", "The lighthouse is 40 m tall."),
)


def of(question: str, *turns: Turn) -> History:
    history = history_of(question, turns or TALK)
    assert history is not None
    return history


def users(*texts: str) -> list[Turn]:
    return [Turn("user", text) for text in texts]


def test_the_last_turns_come_first_and_only_some_count() -> None:
    turns = users(*(f"How high is tower number {n}?" for n in range(20)))
    history = of("What then?", *turns, Turn("assistant", "x" * 2_000))
    last = range(19, 19 - PLACES, -1)
    told = [Said(f"How high is tower number {n}?", 20 - n) for n in last]
    assert list(history.said) == told
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
        ("灯塔的台阶一共有多少级？", "灯塔有多高？"),
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
    first, second = "Who painted the old harbour?", "Where do the boats of Norrum go?"
    history = of("And why?", *users(first, second), TALK[1])
    full, half = history.words((1.0, 1.0)), history.words((0.5, 1.0))
    assert [one.text for one in full] == [second, first, TALK[1].text]
    assert [one.worth for one in full] == [0.5, 0.25, 0.2]
    assert [one.worth for one in half] == [0.25, 0.25, 0.1]


def test_a_question_goes_on_with_the_turns_it_is_like_and_not_with_others() -> None:
    lamp, cat = "How bright is the lamp of the lighthouse?", "How much does a cat weigh?"
    history = of("Which colour have the painted walls in Norrum?", *users(lamp, cat))
    each = history.each((0.05, 0.4))
    assert each == (history.counts(0.05), 1.0)
    assert each[0] < 0.2
    assert history.topic(each) == (lamp,)
    assert history.topic((1.0, 1.0)) == (cat,)
    assert history.each((None, 0.4)) == (1.0, 1.0)
    assert history.each((None, None)) == (history.counts(None),) * 2


TIMEOUT = "How do I set a timeout for a request?"
CHAIN = ("And for the whole client?", "What happens when it is exceeded?", "Can I turn it off?")


@pytest.mark.parametrize("length", [1, 2, 3])
def test_however_many_turns_lean_the_one_they_lean_on_counts_as_much(length: int) -> None:
    before = "Which proxies does the library know?"
    history = of("And how is that logged?", *users(before, TIMEOUT, *CHAIN[:length]))
    each = (1.0,) * len(history.said)
    assert history.topic(each) == (TIMEOUT, *CHAIN[:length])
    assert history.said[0] == Said(CHAIN[length - 1], 1)
    assert history.said[-2:] == (Said(TIMEOUT, 1.5), Said(before, 2))
    worth = {one.text: one.worth for one in history.words(each)}
    assert worth[CHAIN[length - 1]] == 0.5 > worth[TIMEOUT] > 0.35
    assert worth[before] == 0.25


def test_what_a_question_that_stands_alone_finds_stays_in_front() -> None:
    strange = of("Which passport does a sailor need abroad these days?")
    assert strange.stands_alone(0.5)
    assert not strange.stands_alone(strange.counts(-0.5))  # then it is searched for almost so
    assert not of("Who built it?").stands_alone(1.0)


def test_a_new_topic_is_searched_for_by_its_own_vector() -> None:
    strange = of("Which passport does a sailor need abroad these days?")
    assert strange.in_vector(strange.counts(-0.5)) == 0.0 < strange.counts(-0.5)
    assert strange.in_vector(0.5) == 0.5
    leaning = of("Who built it?")
    assert leaning.in_vector(leaning.counts(-0.5)) == leaning.counts(-0.5) == 0.6


def test_the_code_of_an_answer_is_not_what_the_talk_is_about() -> None:
    code = "```css\n.fade { all: 0.8s }\n```"
    answer = Turn("assistant", f"It fades. [1]\n\n{code}\n\nSo it does.")
    assert of("Why?", TALK[0], answer).answer == "It fades. [1]\n\n \n\nSo it does."
    assert of("Why?", TALK[0], Turn("assistant", code)).answer == code
    cut = Turn("assistant", f"It fades.\n{code[:12]}")
    assert of("Why?", TALK[0], cut).answer == "It fades.\n "


@pytest.mark.parametrize(
    ("topic", "leaning"),
    [
        ("什么是 Teleport 组件，怎么用？", "它如何禁用？"),
        ("Wie setze ich ein Timeout für eine Anfrage?", "Und für den ganzen Client?"),
    ],
)
def test_it_is_so_in_other_languages(topic: str, leaning: str) -> None:
    assert of("Warum das?", *users(topic, leaning)).topic((1.0, 1.0)) == (topic, leaning)


def test_the_first_turn_leans_on_nothing_and_a_chain_without_end_is_not_followed() -> None:
    assert of("And why?", *users(CHAIN[0])).topic((0.6,)) == (CHAIN[0],)
    long = users(TIMEOUT, *(f"And what about {n}?" for n in range(20)))
    assert len(of("And then?", *long).said) == TURNS


def test_thanks_and_what_they_are_met_with_tell_nothing() -> None:
    thanks = (Turn("user", "Thank you!"), Turn("assistant", "You are welcome. Anything else?"))
    history = of("Who built it?", *TALK, *thanks, *thanks)
    assert (history.said, history.answer) == (of("Who built it?").said, TALK[1].text)
    assert history_of("Who built it?", thanks) is None


def test_an_answer_is_the_last_one_and_to_the_last_question() -> None:
    unanswered = Turn("user", "Which passport does a sailor need abroad?")
    assert of("Who built it?", *TALK, unanswered).answer is None
    twice = (*TALK, Turn("assistant", "Of granite."))
    assert of("Who built it?", *twice).answer == "Of granite."


def test_a_reader_of_both_texts_is_told_the_topic_where_it_counts() -> None:
    asked, topic = "Who pays for it?", (TALK[0].text, "Who built it?")
    assert read_with(asked, topic, 1.0) == f"{TALK[0].text}\nWho built it?\n{asked}"
    assert read_with(asked, topic, 0.15) == asked == read_with(asked, (), 0.0)
