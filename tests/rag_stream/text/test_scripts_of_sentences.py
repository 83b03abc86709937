"""Sentence ends of writing systems that have marks of their own, or none."""
# ruff: noqa: RUF001 - marks of other scripts are meant here

import pytest

from ingest.chunking.packing import pack
from rag_stream.citations.claims import before
from rag_stream.text.sentences import split_sentences
from rag_stream.text.stops import is_ended
from rag_stream.text.weight import weight

# Of each its name, and two sentences.
SCRIPTS = {
    "chinese": ("桥在河上。", "人们每天走过它！"),
    "traditional chinese": ("橋在河上。", "人們每天走過它嗎？"),
    "japanese": ("橋は川の上にある。", "人は毎日それを渡る。"),
    "half-width japanese": ("橋は川の上にある｡", "人は渡る｡"),
    "japanese science": ("橋は川の上にある．", "長さは３．５メートルである．"),
    "hindi": ("पुल नदी पर है।", "लोग उसे पार करते हैं॥"),
    "bengali": ("সেতুটি নদীর উপর।", "মানুষ পার হয়।"),
    "arabic": ("هل الجسر فوق النهر؟", "نعم هو هناك."),
    "urdu": ("پل دریا پر ہے۔", "لوگ اسے پار کرتے ہیں۔"),
    "armenian": ("Կամուրջը գետի վրա է։", "Մարդիկ անցնում են։"),
    "amharic": ("ድልድዩ በወንዙ ላይ ነው።", "ሰዎች ይሻገራሉ።"),
    "burmese": ("တံတားသည် မြစ်ပေါ်တွင်ရှိသည်။", "လူများဖြတ်သည်။"),
    "khmer": ("ស្ពាននៅលើទន្លេ។", "មនុស្សឆ្លងកាត់។"),
    "tibetan": ("ཟམ་པ་ཆུ་ཐོག་ལ་ཡོད།", "མི་འགྲོ་གི་འདུག"),
    "greek": ("Πού είναι η γέφυρα;", "Είναι στο ποτάμι."),
    "korean": ("다리는 강 위에 있다.", "사람들이 건넌다."),
}


@pytest.mark.parametrize("gap", ["", " ", "\u3000"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_everybody_cuts_at_the_marks_of_a_script(script: str, gap: str) -> None:
    if gap == "" and script in ("greek", "korean"):
        return  # they put a blank there
    first, second = SCRIPTS[script]
    text = f"{first}{gap}{second}"
    found = split_sentences(text)
    assert [sentence.text for sentence in found] == [first, second]
    assert found[0].opens
    assert found[0].closes
    assert pack(text, int(weight(text)) - 1)[-1] == (len(first) + len(gap), len(text))
    assert before(text) == (len(first) + len(gap), len(text))


@pytest.mark.parametrize(
    "text",
    [
        "彼は「はい。そうです。」と言った。",
        "彼女は「行く？」って聞いた。",
        '他说："好。"然后走了。',
        "値は３．５である。",
        "可以用 “!” 作为密码。",
        "Er sagte: „Heute nicht. Morgen.“, und ging.",
        "Il dit « Non. Jamais. » et partit.",
    ],
)
def test_what_is_quoted_in_a_sentence_does_not_end_it(text: str) -> None:
    assert [sentence.text for sentence in split_sentences(text)] == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他说：“今天很好。明天更好。”然后走了。", ["他说：“今天很好。明天更好。”", "然后走了。"]),
        ("「はい。」彼は言った。", ["「はい。」", "彼は言った。"]),
        ("「はい。」とても良い。", ["「はい。」", "とても良い。"]),
        ("他走了。“好！”她说。", ["他走了。", "“好！”", "她说。"]),
        ("Er ging. „Gut.“ Sie blieb.", ["Er ging.", "„Gut.“", "Sie blieb."]),
        ("It was so.[3][12] Then it ended.", ["It was so.[3][12]", "Then it ended."]),
        ("桥很高。[1]塔更高。", ["桥很高。[1]", "塔更高。"]),
        ("It was so.¹ Then it ended.", ["It was so.¹", "Then it ended."]),
        ("¿Es así? ¡Sí!", ["¿Es así?", "¡Sí!"]),
    ],
)
def test_quotes_and_footnotes_belong_to_the_sentence_before(text: str, expected: list[str]) -> None:
    assert [sentence.text for sentence in split_sentences(text)] == expected


THAI = (
    "สะพานแห่งนี้สร้างขึ้นข้ามแม่น้ำสายใหญ่เมื่อร้อยปีก่อน",
    "ผู้คนในเมืองเดินข้ามสะพานนี้ทุกวันเพื่อไปตลาด",
)
LAO = ("ຂົວນີ້ສ້າງຂຶ້ນຂ້າມແມ່ນ້ຳສາຍໃຫຍ່ເມື່ອຮ້ອຍປີກ່ອນໜ້ານີ້ແລ້ວ", "ຜູ້ຄົນໃນເມືອງຍ່າງຂ້າມຂົວນີ້ທຸກມື້")


@pytest.mark.parametrize(("first", "second"), [THAI, LAO])
def test_a_blank_ends_a_sentence_where_there_is_no_mark(first: str, second: str) -> None:
    text = f"{first} {second}"
    found = split_sentences(text)
    assert [sentence.text for sentence in found] == [first, second]
    assert all(sentence.opens and sentence.closes for sentence in found)
    assert pack(text, len(text) - 1) == [(0, len(first)), (len(first) + 1, len(text))]
    assert before(text) == (len(first) + 1, len(text))


@pytest.mark.parametrize(
    "rest",
    ["และ" + THAI[1], "ซึ่ง" + THAI[1], "เพื่อ" + THAI[1], "1908 " + THAI[1], "Rama " + THAI[1]],
)
def test_not_before_what_joins_nor_beside_other_letters(rest: str) -> None:
    text = f"{THAI[0]} {rest}"
    assert len(split_sentences(text)) == 1


def test_not_after_a_few_words() -> None:
    text = f"แม่น้ำ ภูเขา {THAI[1]}"
    assert [sentence.text for sentence in split_sentences(text)] == [text]


@pytest.mark.parametrize("text", ["So。", "Ja!“", "है।", "هذا؟ ", "そう。」", "So.[2]", THAI[0]])
def test_texts_that_end_like_sentences(text: str) -> None:
    assert is_ended(text)


@pytest.mark.parametrize("text", ["So", "橋", "So:", "है", "", "[2]"])
def test_texts_that_do_not(text: str) -> None:
    assert not is_ended(text)


def test_a_title_above_a_chinese_paragraph_is_none_of_it() -> None:
    body = "这座桥建于一百年前，横跨一条大河，把城市的两部分连接起来，人们每天都走过它。"
    text = f"桥的历史\n{body}"
    assert [sentence.text for sentence in split_sentences(text)] == ["桥的历史", body]


def test_chinese_and_japanese_list_marks_are_left_out() -> None:
    text = "一、桥很高。\n二、塔更高。\n・橋は高い。\n1、河很长。\n"
    expected = ["桥很高。", "塔更高。", "橋は高い。", "河很长。"]
    assert [sentence.text for sentence in split_sentences(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        # The sign that repeats a word is written between blanks.
        "เพื่อเป็นตัวกลางการใช้งานของผู้ใช้กับระบบงานและอุปกรณ์ต่าง ๆ ในองค์กรขนาดเล็กหรือใหญ่",
        # Vowels that a program tore off their letters, as in many a text from a PDF
        "เป็นการสร้างแอปที่เรียกใช้งานทรัพยากรในเครื่องและเพื่อใช้ท างานร่วมกับระบบอื่นได้ทันที",
        "แต่ละระบบปฏิบัติการของโทรศัพท์เคลื่อนที่ก็จะมีค าสั่งเรียกใช้ที่ต่างกันไปตามแต่ผู้ผลิต",
        # What has its subject before it
        "ขั้นตอนการวางแผนแก้ไขปัญหาและการออกแบบระบบงานในองค์กร เป็นขั้นที่มีการใช้เครื่องมือหลายชนิดร่วมกัน",
        "การพัฒนาโมบายแอพพลิเคชั่นหรือการพัฒนาแอพพลิเคชั่นบนมือถือ หมายถึงการพัฒนาโปรแกรมสำหรับอุปกรณ์พกพา",
        "ผู้ใดฝ่าฝืนหรือไม่ปฏิบัติตามบทบัญญัติในมาตรานี้ ต้องระวางโทษจำคุกไม่เกินหกเดือน",
    ],
)
def test_a_thai_sentence_goes_on_after_a_blank(text: str) -> None:
    assert [sentence.text for sentence in split_sentences(text)] == [text]
    assert before(text) == (0, len(text))


def test_a_thai_sentence_is_not_cut_before_the_sign_that_repeats() -> None:
    text = "".join(["การนำข้อมูลมาใช้งานร่วมกันในระบบต่าง ๆ ในองค์กร"] * 6)
    starts = [text[start] for start, _ in pack(text, 48)]
    assert len(starts) > 3
    assert "\u0e46" not in starts
