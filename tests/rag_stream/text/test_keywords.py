"""The words of a text that carry meaning."""

# ruff: noqa: RUF001 - letters of other alphabets are meant here
import pytest

from rag_stream.text.keywords import terms
from rag_stream.text.scripts import UNSPACED_OR_HANGUL


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("decompositions", "decomposition"),
        ("planning", "planned"),
        ("Cities", "city"),
        ("the Planner", "planners"),
    ],
)
def test_forms_of_a_word_are_one_term(one: str, other: str) -> None:
    assert terms(one) == terms(other) != frozenset()


def test_terms_leave_out_common_words_and_endings() -> None:
    assert terms("What are the Policies of invading armies?") == terms("policy, invade: army")
    assert terms("stopped stopping stops") == {"stop"}
    assert terms("What is it?") == frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wie lange sind die Fristen für Kündigungen?", "Die Frist für eine Kündigung ist lang."),
        ("¿Cuáles son las bicicletas dañadas?", "La bicicleta está dañada."),
        ("Где хранятся велосипеды?", "велосипед хранился"),
        ("أين تحفظ الدراجات والخوذات؟", "الخوذة مع دراجة"),
        ("साइकिलों की दुकानों में", "साइकिल की दुकान"),
        ("Πού είναι οι αποθήκες;", "αποθήκη"),
    ],
)
def test_forms_of_a_word_are_one_term_in_the_language_of_a_text(one: str, other: str) -> None:
    assert len(terms(one) & terms(other)) >= min(2, len(terms(other)))


def test_a_word_as_it_is_written_is_a_term_whatever_the_language_is_taken_for() -> None:
    sentence = "Die Kündigungsfristen der Verträge sind in der Hausordnung genannt."
    for alone in ("Kündigungsfristen", "Verträge Hausordnung", "kundigungsfristen"):
        assert terms(alone) <= terms(sentence)
    assert terms("velo") < terms("Où est le vélo de la société ?")


def test_terms_of_scripts_without_blanks_are_pairs_of_characters() -> None:
    assert terms("港口在冬天") == {"港口", "口在", "在冬", "冬天"}
    assert terms("港 2024年 GPU用户 été") == {"港", "2024", "年", "gpu", "用户", "ete"}


def test_words_that_say_nothing_are_left_out() -> None:
    assert terms("What is the of and to?") == frozenset()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("东京塔", {"东京", "京塔"}),
        ("东", {"东"}),
        ("GPT模型 models", {"gpt", "模型", "model"}),
        ("กรุงเทพ", {"กร", "รุ", "ุง", "งเ", "เท", "ทพ"}),
        ("수도는", {"수도는"}),
    ],
)
def test_of_scripts_without_blanks_every_pair_is_a_term(text: str, expected: set[str]) -> None:
    assert terms(text) == expected


def test_a_word_is_the_same_term_alone_and_beside_such_a_script() -> None:
    assert terms("模型planning。") >= terms("planning")


def test_the_caller_says_whether_korean_is_such_a_script() -> None:
    assert terms("수도는", UNSPACED_OR_HANGUL) == {"수도", "도는"}
