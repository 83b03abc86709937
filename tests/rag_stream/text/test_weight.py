"""Texts that say the same weigh about the same, whatever they are written in."""

# ruff: noqa: RUF001 - letters of other alphabets are meant here

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_stream.text.weight import HEAVIEST, weight, within

# The first article of the Universal Declaration of Human Rights.
ENGLISH = (
    "All human beings are born free and equal in dignity and rights. They are endowed with reason "
    "and conscience and should act towards one another in a spirit of brotherhood."
)
HEAVY = {
    "zh": "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、"
    "尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 "
    "이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다.",
    "am": "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው። የተፈጥሮ ማስተዋልና ሕሊና ስላለው "
    "አንዱ ሌላውን በወንድማማችነት መንፈስ መመልከት ይገባዋል።",
}
PLAIN = {
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft "
    "und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen.",
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены "
    "разумом и совестью и должны поступать в отношении друг друга в духе братства.",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม "
    "และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें "
    "बुद्धि और अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।",
}


@pytest.mark.parametrize("language", HEAVY)
def test_what_says_as_much_weighs_about_as_much(language: str) -> None:
    text = HEAVY[language]
    assert len(text) < 0.7 * len(ENGLISH)
    assert 0.7 * len(ENGLISH) < weight(text) < 1.3 * len(ENGLISH)


@pytest.mark.parametrize("text", [ENGLISH, "", *PLAIN.values()])
def test_other_texts_weigh_their_length(text: str) -> None:
    assert weight(text) == len(text)


def test_single_characters() -> None:
    assert [weight(one) for one in ("汉", "。", "，", "の", "한", "ሰ")] == [3, 3, 3, 2, 2.5, 2]
    assert [weight(one) for one in ("a", " ", "\u3000", "ａ", "１", "é", "👍")] == [1] * 7
    assert weight("AI 大会") == 9


mixed = st.text(st.sampled_from("ab .汉字，。のカ한국ሰก\u3000é"), max_size=60)


@given(mixed, mixed)
def test_it_adds_up(one: str, other: str) -> None:
    assert weight(one) + weight(other) == weight(one + other)


@given(mixed, st.integers(0, 60), st.integers(0, 60), st.integers(0, 150))
def test_as_much_of_a_text_as_weighs_no_more(text: str, start: int, more: int, most: int) -> None:
    start = min(start, len(text))
    end = min(start + more, len(text))
    place = within(text, start, end, most)
    assert start <= place <= end
    assert weight(text[start:place]) <= most
    assert place == end or weight(text[start : place + 1]) > most


def test_the_heaviest_is_known() -> None:
    assert max(map(weight, map(chr, range(0xD800)))) == HEAVIEST
