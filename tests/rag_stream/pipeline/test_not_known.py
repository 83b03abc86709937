"""Answers that say only that the model does not know, and answers that say something."""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

import pytest

from rag_stream.conversation import Turn
from rag_stream.models.local.dont_know import DONT_KNOWS
from rag_stream.pipeline.not_known import MOST_CHARS, is_not_known, without_refused
from rag_stream.pipeline.refusals import REFUSALS, refusal

NOT_KNOWN = [
    "I don't know.",
    "I don’t know the answer to that question.",
    "The provided context does not mention cats, so I can't say.",
    "I'm sorry, but I cannot find that in the documents.",
    "There is no information about this.",
    "Ich weiß es leider nicht.",
    "Das ist in den Dokumenten nicht erwähnt.",
    "抱歉，文档中没有提到猫的体重。",
    "很抱歉，我不知道。",
    "その情報は文書に記載がありません。",
    "Je ne sais pas combien pèse un chat.",
    "Lo siento, no lo sé.",
    "Я не знаю ответа.",
]
KNOWN = [
    "It means smaller steps.",
    "Where a timeout is not specified, it is five seconds.",
    "Requests do not include cookies of other hosts.",
    "Das weiße Licht wird nicht gebrochen.",
    "默认超时为五秒。",
    "",
]


@pytest.mark.parametrize("answer", NOT_KNOWN)
def test_that_nothing_is_known_is_heard_in_many_words(answer: str) -> None:
    assert is_not_known(answer, is_cited=False)
    assert not is_not_known(f"{answer} But this: smaller steps [1].", is_cited=True)
    assert not is_not_known(answer + " Yet it is so." * MOST_CHARS, is_cited=False)


@pytest.mark.parametrize("answer", KNOWN)
def test_what_is_told_is_known(answer: str) -> None:
    assert not is_not_known(answer, is_cited=False)


def test_the_service_s_own_words_for_it_are_known_whatever_is_cited() -> None:
    for answer in DONT_KNOWS | REFUSALS:
        assert is_not_known(f" {answer}\n", is_cited=True)


def test_models_say_it_in_the_words_of_the_local_one() -> None:
    for answer in DONT_KNOWS:
        assert is_not_known(f"{answer} ...", is_cited=False), answer


def test_a_talk_without_what_was_refused_has_the_rest_in_order() -> None:
    known = (Turn("user", "How tall is it?"), Turn("assistant", "It is 40 m tall. [1]"))
    again = (Turn("user", "Once more:"), Turn("user", "How heavy is it?"))
    refused = (*again, Turn("assistant", f" {refusal('en')}\n"))
    assert without_refused((*known, *refused)) == known == without_refused((*refused, *known))
    unsure = (Turn("user", "How old?"), Turn("assistant", "I don't know. Perhaps 200 years. [1]"))
    assert without_refused((*known, *unsure)) == (*known, *unsure)
    assert without_refused(()) == ()
