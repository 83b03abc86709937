"""Encodings that nobody has named."""

import os
from collections.abc import Iterator

import pytest

from ingest.sources.charset_guess import SAMPLE_BYTES, _sample, guesses, is_doubtful
from ingest.sources.decode import decode, read
from tests.support.languages import CASES, ENCODINGS, TEXTS


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_a_paragraph_is_read_as_it_was_written(language: str, encoding: str) -> None:
    text = "\n".join(TEXTS[language])
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_so_is_a_sentence_or_two(language: str, encoding: str) -> None:
    text = "\n".join(TEXTS[language][:2])
    assert decode(text.encode(encoding)) == text


def pieces(size: int) -> Iterator[tuple[str, bytes]]:
    for language, sentences in TEXTS.items():
        # Of a few words in UTF-16 without a zero among them nothing tells.
        for encoding in (name for name in ENCODINGS[language] if "16" not in name):
            for sentence in sentences:
                length = size // 2 if language in ("ja", "ko", "zh", "tw") else size
                for text in (sentence[:length], sentence[-length:]):
                    if not text.isascii():
                        yield text, text.encode(encoding)


@pytest.mark.parametrize(("size", "least"), [(60, 0.98), (20, 0.94)])
def test_of_short_texts_most_are_right_and_the_wrong_ones_are_told(size: int, least: float) -> None:
    found = [(text, read(body)) for text, body in pieces(size)]
    right = [got for text, got in found if got is not None and got.text == text]
    wrong = [got for text, got in found if got is None or got.text != text]
    assert len(right) / len(found) >= least
    assert sum(got is None or bool(got.note) for got in wrong) >= 0.8 * len(wrong)
    assert sum(bool(got.note) for got in right) <= 0.25 * len(right)


def test_a_word_in_latin_1_is_told_from_one_in_central_european() -> None:
    for text in (
        "Grüße aus Köln: 5 € für ein Stück Käse.",
        "Der Süden Frankreichs",
        "déjà vu, là-bas",
    ):
        assert decode(text.encode("cp1252")) == text


def test_letters_far_behind_plain_text_are_found() -> None:
    text = "Nothing happens here.\n" * 20_000 + "Die Bücherei öffnet um neun Uhr für Schüler."
    assert decode(text.encode("cp1252")) == text
    in_one_line = "Nothing happens here. " * 20_000 + "Die Bücherei öffnet für Schüler und Größere."
    assert decode(in_one_line.encode("mac_roman")) == in_one_line


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", " "])
def test_a_book_is_guessed_by_a_sample(end: str) -> None:
    for language, encoding in (("ja", "cp932"), ("ru", "koi8_r"), ("fr", "cp1252")):
        text = end.join(TEXTS[language] * 3_000)
        assert len(text.encode(encoding)) > 2 * SAMPLE_BYTES
        assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    "body",
    [b"\xe9\n" * 5_000_000, b"\xe9" * 10_000_000, b"\xe9\r" * 5_000_000, os.urandom(10_000_000)],
    ids=["lines", "one line", "of a Mac", "noise"],
)
def test_what_is_made_to_take_long_is_looked_at_in_part(body: bytes) -> None:
    assert 0 < len(_sample(body)) < 2 * SAMPLE_BYTES
    assert all(guess.score > 0 for guess in guesses(body))  # noise may have none


def test_where_all_is_ascii_there_is_nothing_to_guess() -> None:
    assert guesses(b"plain") == []


def test_what_might_be_another_is_doubtful() -> None:
    best, other, *_ = guesses("Perché non è possibi".encode("cp850"))
    assert is_doubtful(best, other)
    best, other, *_ = guesses(TEXTS["el"][0].encode("cp1253"))
    assert not is_doubtful(best, other)
