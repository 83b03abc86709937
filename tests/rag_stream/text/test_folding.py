"""What reads the same is the same, however it was typed."""

# ruff: noqa: RUF001 - letters of other alphabets are meant here
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_stream.lexical.fields import tokens
from rag_stream.text.folding import folded, folded_with_places
from rag_stream.text.keywords import terms

SAME = [
    ("Ab\u00adfall\u00adge\u00adbühr", "Abfallgebühr"),  # soft hyphens
    ("AX\u200b4471\u200bB", "AX4471B"),  # blanks without width
    ("key\u2060word\ufeff", "keyword"),  # word joiner, byte order mark
    ("\u202bשלום\u202c", "שלום"),  # direction marks
    ("שָׁלוֹם", "שלום"),  # Hebrew vowel points
    ("می\u200cخواهم", "میخواهم"),  # a Persian joiner
    (unicodedata.normalize("NFD", "Übersee Würzburg"), "Übersee Würzburg"),
    (unicodedata.normalize("NFD", "이용 시간"), "이용 시간"),
    ("ＡＸ－４４７１", "AX-4471"),  # full width
    ("ﾎﾟﾝﾌﾟ", "ポンプ"),  # half width, marks of their own
    ("مَكْتَبَةُ", "مكتبة"),  # vowel signs
    ("الـبَصْـرَة", "البصرة"),  # lengthened
    ("أربيل", "اربيل"),
    ("مصطفى", "مصطفي"),
    ("ﻣﻜﺘﺒﺔ", "مكتبة"),  # letters by their place in the word
    ("٢٠٢٤", "2024"),
    ("२०२४", "2024"),
    ("счёт", "счет"),
    ("\u845b\U000e0100", "\u845b"),  # a variant of a Chinese character
    ("圖書館什麼時候關門", "图书馆什么时候关门"),  # traditional, simplified
    ("İstanbul", "istanbul"),  # in small letters i and a dot of its own
]


@pytest.mark.parametrize(("written", "plain"), SAME)
def test_what_reads_the_same_is_the_same_for_all_who_compare(written: str, plain: str) -> None:
    assert folded(written).casefold() == folded(plain).casefold()
    assert terms(written) == terms(plain) != frozenset()
    assert sorted(tokens(written)) == sorted(tokens(plain)) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [("दिल", "दाल"), ("กา", "กี"), ("Bär", "Bar"), ("й", "и"), ("ば", "は"), ("شک", "شب")],
)
def test_what_reads_otherwise_stays_another_word(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text(max_size=80))
def test_each_character_knows_where_it_comes_from(text: str) -> None:
    plain, places = folded_with_places(text)
    assert len(plain) == len(places)
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)


@given(st.text(max_size=80))
def test_folding_again_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(("written", "plain"), SAME)
def test_with_places_it_is_the_same_text(written: str, plain: str) -> None:
    assert folded_with_places(written)[0] == folded(written)
