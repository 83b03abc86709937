"""Bytes to text."""

import os
import random

import pytest

from ingest.sources.decode import decode, read

GERMAN = "Größe und Maß: Straße, Übung, ganz gewöhnlich und ohne Hast."
RUSSIAN = "Привет, как дела? Это обычный русский текст."
SPANISH = """¿Cuántos años tiene el niño? Mañana cumple nueve, y su señora madre le enseña español.
¡Qué extraño! El otoño pasado soñaba con una montaña pequeña, y este año quiere una piña."""
SERBIAN = "Тврђава је стара, а ђак је млад. Грађани долазе."  # noqa: RUF001
JAPANESE = "日本語のテキストです。これは試験用の文章です。"


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        ("plain ASCII", "ascii", None),
        (GERMAN, "utf-8", None),
        (GERMAN, "utf-8", "iso-8859-1"),  # the server is wrong
        (GERMAN, "utf-8", "no-such-encoding"),
        (GERMAN, "utf-8-sig", None),
        (GERMAN, "utf-16", None),
        (GERMAN, "utf-32", None),
        (GERMAN, "utf-16-le", "utf-16-le"),
        ("plain ASCII!", "ascii", "utf-16"),  # as if
        ("\u201ccurly\u201d \u2013 \u20ac", "cp1252", "ISO-8859-1"),  # as browsers read it
        ("\u201ccurly\u201d", "cp1252", "us-ascii"),
        (GERMAN, "cp1252", None),
        (SPANISH, "cp1252", None),
        (RUSSIAN, "koi8-r", "KOI8-R"),
        (RUSSIAN, "cp1251", None),
        (JAPANESE, "shift_jis", None),
        (JAPANESE, "iso2022_jp", "iso-2022-jp"),
        ("\u5e94\u7528 \u9555", "gbk", "gb2312"),
    ],
)
def test_text_is_read_in_the_encoding_it_is_in(
    text: str, encoding: str, declared: str | None
) -> None:
    assert decode(text.encode(encoding), [declared]) == text


def test_the_first_declaration_that_fits_is_taken() -> None:
    assert decode("č".encode("cp1250"), [None, "utf-8", "cp1250", "cp1251"]) == "č"


def test_a_broken_byte_does_not_turn_a_whole_page_into_mojibake() -> None:
    body = JAPANESE.encode() + b"\xff" + JAPANESE.encode()
    assert decode(body, ["utf-8"]) == f"{JAPANESE}\ufffd{JAPANESE}"
    assert decode(body) == f"{JAPANESE}\ufffd{JAPANESE}"


def test_a_few_latin_letters_in_a_long_english_text_are_no_broken_utf8() -> None:
    text = "The café is closed. " + "Nothing else happened on that day. " * 200
    decoded = decode(text.encode("cp1252"))
    assert decoded is not None
    assert decoded.startswith("The café is closed.")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(GERMAN, "cp1252"), (SPANISH, "cp1252"), (RUSSIAN, "cp1251"), (JAPANESE, "shift_jis")],
)
def test_a_text_with_drawn_lines_is_a_text(text: str, encoding: str) -> None:
    rule = f"{'~' * 76}\n{'=' * 76}\n|{'-' * 74}|\n" * 8
    drawn = f"{rule}{text}\n" * 40
    assert decode(drawn.encode(encoding)) == drawn


@pytest.mark.parametrize("label", ["unicode-escape", "utf-7", "idna", "rot13", "hex", "\0", " "])
def test_labels_that_are_no_document_encoding_are_passed_over(label: str) -> None:
    assert decode(rb"\ud800 +AGE-", [label]) == r"\ud800 +AGE-"


@pytest.mark.parametrize(
    "body",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"text with a \0 in it",
        b"\xff\xfe\x00\xd8 a lone surrogate in UTF-16",
        b"\x01\x02\x03\x04 more noise than words",
        b"%PDF-1.7\n\x01\x02\x03\x04\x05\x06\x07\x08",
    ],
)
def test_what_is_no_text_is_told(body: bytes) -> None:
    assert decode(body) is None


def test_random_bytes_give_none_or_text_that_can_be_stored() -> None:
    noise = random.Random(7)
    for size in (1, 2, 3, 10, 100, 3000):
        for label in (None, "utf-8", "utf-16", "cp1252", "gb18030", "unicode-escape"):
            text = decode(noise.randbytes(size), [label])
            assert text is None or text.encode("utf-8") is not None
    assert decode(os.urandom(0)) == ""


def said(body: bytes, *declared: str | None) -> str:
    found = read(body, declared)
    assert found is not None
    return found.note


def test_what_is_plain_is_not_worth_a_word() -> None:
    assert said(b"plain ASCII") == said(GERMAN.encode()) == said(GERMAN.encode("utf-16")) == ""
    assert said(GERMAN.encode("cp1252"), "iso-8859-1") == said(JAPANESE.encode("euc_jp")) == ""


LONG = "The caf\u00e9 opens at seven and the soir\u00e9e ends at ten. " * 20


@pytest.mark.parametrize(
    "stray", ["Ren\u00e9.", "don\u2019t", "\u201cquoted\u201d", "na\u00efve", "5 \u20ac"]
)
def test_a_stray_windows_letter_in_utf8_is_read_and_told(stray: str) -> None:
    body = LONG.encode() + stray.encode("cp1252") + b" and so on. " + LONG.encode()
    for declared in (None, "utf-8"):
        found = read(body, [declared])
        assert found is not None
        assert found.text == f"{LONG}{stray} and so on. {LONG}"
        count = sum(char > "\x7f" for char in stray)
        assert found.note == f"not all of it is utf-8: {count} bytes read as cp1252"


def test_what_is_lost_is_told() -> None:
    body = LONG.encode() + "\u4e2d".encode()[:2] + LONG.encode()
    assert decode(body) == f"{LONG}\ufffd{LONG}"
    assert said(body) == "not all of it is utf-8: 1 characters lost"


@pytest.mark.parametrize(
    ("declared", "text", "encoding"),
    [
        ("utf-8", RUSSIAN, "cp866"),
        ("shift_jis", RUSSIAN, "cp1251"),
        ("iso-8859-6", GERMAN, "cp1252"),
        ("euc-jp", GERMAN, "mac_roman"),
        # With letters that Windows' Western encoding has no place for.
        ("windows-1252", SERBIAN, "cp1251"),
        ("us-ascii", SERBIAN, "cp1251"),
    ],
)
def test_a_label_that_the_bytes_cannot_be_is_overruled(
    declared: str, text: str, encoding: str
) -> None:
    assert decode(text.encode(encoding), [declared]) == text
    assert "as it says; read as" in said(text.encode(encoding), declared)


def test_windows_characters_in_a_page_that_says_iso_are_read() -> None:
    text = "\u201eP\u0159\u00edli\u0161\u201c \u2013 \u017elu\u0165ou\u010dk\u00fd k\u016f\u0148"
    assert decode(text.encode("cp1250"), ["iso-8859-2"]) == text


@pytest.mark.parametrize("declared", [None, "utf-8", "iso-8859-1", "iso-2022-jp"])
def test_escape_sequences_of_japanese_need_no_label(declared: str | None) -> None:
    assert decode(JAPANESE.encode("iso2022_jp"), [declared]) == JAPANESE
    assert decode(f"title: {JAPANESE}\n".encode("iso2022_jp"), [declared]) == f"title: {JAPANESE}\n"


def test_escape_sequences_of_a_terminal_are_no_japanese() -> None:
    log = "\x1b[1mbold\x1b[0m and \x1b(B plain"
    assert decode(log.encode()) == log


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", None])
def test_wide_characters_are_seen_whatever_is_said(declared: str | None) -> None:
    assert decode(RUSSIAN.encode("utf-16-le"), [declared]) == RUSSIAN
    assert decode(GERMAN.encode("utf-16-be"), [declared]) == GERMAN


def test_a_log_that_two_people_wrote_is_read_whole() -> None:
    line = "Thanks to Jörg Müller and Rogério.\n"
    body = (line.encode() + line.encode("cp1252")) * 20
    assert decode(body) == line * 40
    assert said(body) == "not all of it is utf-8: 60 bytes read as cp1252"
    assert decode(line.encode("cp1252") * 20) == line * 20
