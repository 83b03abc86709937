"""Citations of answers in other languages: markers, their claims and the quotes for them."""
# ruff: noqa: RUF001 - letters and marks of other scripts are meant here

import pytest

from rag_stream.citations import claims, syntax
from rag_stream.citations.quotes import Quotes
from rag_stream.citations.scanner import MarkerScanner
from rag_stream.citations.syntax import marker_end, may_grow


def shown(pieces: list[str]) -> str:
    scanner = MarkerScanner(sources=10)
    out = "".join(scanner.feed(piece)[0] for piece in pieces)
    return out + scanner.end()[0]


def test_a_list_that_is_none_is_read_in_one_way_only() -> None:
    """With two ways for each number this would never end, whatever it is cut to."""
    for joint in (" 和 ", " and ", ", and ", "、", " "):
        text = "[" + joint.join("1" * 60) + " !"
        assert syntax._MARKER.match(text) is None
        assert syntax._BEGINNING.match(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("桥在河上。【1】塔很高【2】。", "桥在河上。[1]塔很高[2]。"),
        ("橋は高い［３］。", "橋は高い[3]。"),
        ("الجسر فوق النهر [٣].", "الجسر فوق النهر [3]."),
        ("الجسر فوق النهر [١، ٢].", "الجسر فوق النهر [1][2]."),
        ("पुल नदी पर है [३]।", "पुल नदी पर है [3]।"),
        ("桥在河上[来源1]，塔[文档 2]很高。", "桥在河上[1]，塔[2]很高。"),
        ("桥在河上[1和2]。", "桥在河上[1][2]。"),
        ("Das ist so [Quelle 3] [1 und 2] [Dokument: 4].", "Das ist so [3] [1][2] [4]."),
        ("Así es [Fuente 3] [1 y 2].", "Así es [3] [1][2]."),
        ("C'est ainsi [1 et 2].", "C'est ainsi [1][2]."),
        ("Это так [источник 3] [1 и 2].", "Это так [3] [1][2]."),
        # Of sources that there are none of nothing is left, nor a blank before what follows.
        ("पुल है [99]।", "पुल है।"),
        ("هل هو [99]؟", "هل هو؟"),
        ("桥 [99]。", "桥。"),
        ("桥 [99]、塔。", "桥、塔。"),
    ],
)
def test_markers_of_every_script_become_one(text: str, expected: str) -> None:
    assert shown([text]) == expected
    assert shown(list(text)) == expected


@pytest.mark.parametrize(
    "marker", ["[1 und 2]", "[1和2]", "[来源 1]", "[источник 3]", "[1، 2]", "[स्रोत 1]", "[1 और 2]"]
)
def test_the_beginning_of_a_marker_may_grow(marker: str) -> None:
    assert marker_end(marker) == len(marker)
    assert all(may_grow(marker[:size]) for size in range(1, len(marker)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("桥在河上。塔很高", "塔很高"),
        ("他说：“好。”她走了", "她走了"),
        ("पुल नदी पर है।लोग जाते हैं", "लोग जाते हैं"),
        ("هل هو هنا؟ نعم هو هنا", "نعم هو هنا"),
        ("Es gilt z. B. Abs. 3 Satz 1 am 3. Oktober", "Es gilt z. B. Abs. 3 Satz 1 am 3. Oktober"),
    ],
)
def test_the_claim_before_a_marker(text: str, expected: str) -> None:
    start, end = claims.before(text)
    assert text[start:end] == expected


@pytest.mark.parametrize("text", [" und ", "、", " et ", "和", "，", " и ", "، "])
def test_markers_that_stand_together(text: str) -> None:
    assert claims.joins(text)


@pytest.mark.parametrize("text", ["Laut ", "根据", "Selon ", "Según ", "Согласно "])
def test_markers_that_lead(text: str) -> None:
    assert claims.leads(text, has_led=False)


PAGES = {
    "zh": ("这座桥建于一九一一年。桥长三百米，横跨大河。人们每天走过它。", "桥长三百米，横跨大河"),
    "ja": (
        "この橋は古い。橋の長さは三百メートルである。人が渡る。",
        "橋の長さは三百メートルである",
    ),
    "hi": ("यह पुल पुराना है।पुल की लंबाई तीन सौ मीटर है।लोग जाते हैं।", "पुल की लंबाई तीन सौ मीटर है"),
    "ar": ("الجسر قديم. طول الجسر ثلاثمئة متر؟ يعبره الناس.", "طول الجسر ثلاثمئة متر"),
    "de": ("Die Brücke ist alt. Sie misst ca. 300 Meter. Leute gehen.", "Sie misst ca. 300 Meter"),
}


@pytest.mark.parametrize("language", PAGES)
def test_a_claim_in_the_pages_own_words_is_quoted_to_the_letter(language: str) -> None:
    page, claim = PAGES[language]
    quote = Quotes(page).best(claim)
    assert page[quote.start : quote.end] == quote.text
    assert claim in quote.text
    assert len(quote.text) <= len(claim) + 2


def test_a_long_chinese_page_is_read_from_where_a_sentence_begins() -> None:
    page = "人们每天走过这座古老的桥，看着河水慢慢流走。" * 150 + "灯塔高四十米，建在海边的岩石上。"
    quote = Quotes(page).best("灯塔有四十米高")
    assert quote.text == "灯塔高四十米，建在海边的岩石上。"
