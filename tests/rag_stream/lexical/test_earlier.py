"""Words from before a question, in the index by words: they count, but less than its own."""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

import pytest

from rag_stream.lexical.earlier import Earlier
from rag_stream.lexical.question import EARLIER_TERMS, asked
from tests.rag_stream.lexical.test_fields import searcher_of

TEXTS = {
    "lighthouse height": "The lighthouse of the island is 40 m tall.",
    "lighthouse keeper": "The keeper of the lighthouse lives below.",
    "ferry": "The ferry to the island leaves at noon, and its keeper sells tickets.",
    "de mieter": "Die Kündigungsfrist für den Mieter beträgt drei Monate.",
    "de käufer": "Der Käufer zahlt den Preis bei der Übergabe der Wohnung.",
    "zh 灯塔": "这座灯塔高四十米，建于一九零二年。",
    "zh 渡轮": "渡轮每天中午开往小岛，票价十元。",
}
SEARCHER = searcher_of(TEXTS)


def found(question: str, *earlier: Earlier) -> list[str]:
    query = asked(SEARCHER, question, None, earlier)
    if query is None:
        return []
    hits = SEARCHER.search(query.query, 50, count=False).hits
    return [bytes(SEARCHER.doc(place).get_first("id") or b"").decode() for _, place in hits]


@pytest.mark.parametrize(
    ("question", "before", "best"),
    [
        ("And the keeper?", "How tall is the lighthouse?", "lighthouse keeper"),
        ("And the keeper?", "When does the ferry leave?", "ferry"),
        ("Why?", "When does the ferry leave?", "ferry"),
        ("Und warum?", "Welche Kündigungsfrist hat ein Mieter?", "de mieter"),
        ("Und warum?", "Was zahlt ein Käufer?", "de käufer"),
        ("为什么？", "渡轮什么时候开？", "zh 渡轮"),
        ("多少米？", "灯塔有多高？", "zh 灯塔"),
    ],
)
def test_they_tell_what_it_is_about(question: str, before: str, best: str) -> None:
    assert found(question, Earlier(before, 0.5))[0] == best


def test_its_own_words_count_more() -> None:
    earlier = Earlier("Where is the ferry?", 0.5)
    assert found("How tall is the lighthouse?", earlier)[0] == "lighthouse height"


def test_a_word_said_again_is_the_questions_own() -> None:
    query = asked(SEARCHER, "Is the lighthouse tall?", None, [Earlier("A tall lighthouse?", 0.5)])
    assert query is not None
    assert not query.context
    alone = asked(SEARCHER, "Is the lighthouse tall?")
    assert alone is not None
    assert query.full == alone.full


def test_of_a_word_said_twice_the_greater_worth_counts() -> None:
    texts = [Earlier("ferry", 0.5), Earlier("ferry island", 0.25)]
    query = asked(SEARCHER, "Why?", None, texts)
    other = asked(SEARCHER, "Why?", None, texts[::-1])
    assert query is not None
    assert other is not None
    assert query.context == other.context
    assert query.context["ferri"] > query.context["island"]


def test_of_a_long_talk_only_some_words_are_looked_for() -> None:
    many = searcher_of({f"{n}": f"word{n} of the number {n}" for n in range(90)})
    text = " ".join(f"word{n}" for n in range(90))
    query = asked(many, "Why?", None, [Earlier(text, 0.5)])
    assert query is not None
    assert len(query.context) == EARLIER_TERMS


def test_function_words_alone_tell_nothing() -> None:
    assert asked(SEARCHER, "Why?", None, [Earlier("And what is it to you?", 0.5)]) is None
