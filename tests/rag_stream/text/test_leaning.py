"""Which questions are not understood without what was said before them."""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

import pytest

from rag_stream.text.leaning import leans


@pytest.mark.parametrize(
    "question",
    [
        "Why?",
        "How does it work?",
        "When did it take place?",
        "Do they provide online services?",
        "What about the price?",
        "And in Germany?",
        "Wie funktioniert das?",
        "Wer hat ihn gebaut?",
        "Und in Österreich?",
        "为什么？",
        "它多少钱？",
        "那北京呢？",
        "它是什么时候建成的？",
        "それはいくらですか",
        "¿Y en España?",
        "Et en France ?",
        "Сколько это стоит?",
        "그것은 얼마예요?",
        "👍",
        "",
    ],
)
def test_what_leaves_open_what_it_is_about_leans(question: str) -> None:
    assert leans(question, ["Tell me about the old tower."])
    assert not leans(question, [])
    assert not leans(question, ["  "])


@pytest.mark.parametrize(
    "question",
    [
        "What is the notice period of a lease?",
        "What is EBT?",
        "Who is Macron?",
        "What is a safe room?",
        "What is a CPU and how does it work?",
        "Is it true that the storm of last autumn was the strongest that the county ever had?",
        "Wie lange ist die Kündigungsfrist für Mietwohnungen?",
        "Was ist Photosynthese?",
        "什么是光合作用？",
        "如何在网上申请护照？",
        "東京タワーの高さはどのくらいですか",
        "¿Cuál es la capital de Australia?",
    ],
)
def test_what_says_what_it_is_about_does_not(question: str) -> None:
    assert not leans(question, ["Tell me about the old tower.", "It is old."])
