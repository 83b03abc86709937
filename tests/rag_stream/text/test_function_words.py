"""Words that only hold a sentence together, in the language of the sentence."""

import pytest

from rag_stream.text.folding import folded
from rag_stream.text.function_words import function_words, is_function_word
from rag_stream.text.keywords import WORD

QUESTIONS = {
    "How do I see a doctor at night?": "see doctor night",
    "Where do I leave my car before work?": "leave car before work",
    "Wie viele freie Tage stehen mir im Jahr zu?": "freie tage stehen jahr",
    "Was muss ich tun, wenn die Heizung nicht geht?": "tun heizung geht",
    "Où se trouve la gare et quand part le train ?": "trouve gare part train",
    "¿Cuándo abre la tienda y dónde está?": "abre tienda",
    "Quando apre il museo della città?": "apre museo città",
    "Como posso pagar a minha conta?": "pagar conta",
    "Hoe laat gaat de winkel van mijn dorp open?": "laat gaat winkel dorp open",
    "Hur kan jag betala min räkning?": "betala räkning",
    "Hvordan kan jeg betale min regning?": "betale regning",
    "Jak mogę zapłacić mój rachunek?": "zapłacić rachunek",
    "Jak mohu zaplatit svůj účet?": "zaplatit účet",
    "Где находится вокзал?": "находится вокзал",
    "Як я можу сплатити рахунок?": "сплатити рахунок",
    "Bu fatura için ne kadar ödeme var?": "fatura ödeme",
    "متى تفتح مكتبة البصرة؟": "تفتح مكتبة البصرة",
    "दुकान कब खुलती है?": "दुकान खुलती",
    "Πότε ανοίγει το μουσείο;": "ανοίγει μουσείο",
    "Kapan toko itu akan buka?": "toko buka",
}


@pytest.mark.parametrize(("question", "left"), QUESTIONS.items())
def test_what_is_left_says_what_is_asked(question: str, left: str) -> None:
    words = [word.casefold() for word in WORD.findall(folded(question))]
    common = function_words(frozenset(words))
    assert [word for word in words if word not in common] == folded(left).split()


@pytest.mark.parametrize("text", ["die cast", "man page", "war", "not", "root path", "tu es", ""])
def test_a_word_or_two_may_be_of_any_language(text: str) -> None:
    words = frozenset(text.split())
    assert function_words(words) in (frozenset(), frozenset({"tu", "es"}))


def test_the_same_letters_say_something_in_another_language() -> None:
    assert "die" not in function_words(frozenset(["how", "does", "the", "program", "die"]))
    assert "die" in function_words(frozenset(["wo", "ist", "die", "post"]))
    assert "war" not in function_words(frozenset(["when", "did", "the", "war", "end"]))


def test_any_language_may_be_asked_of_one_word() -> None:
    assert all(map(is_function_word, ("the", "der", "les", "или", "की")))
    assert not any(map(is_function_word, ("server", "haus", "вокзал")))
