"""Signs beyond ASCII, where people write them and where nobody does."""

import pytest

from ingest.sources.decode import read
from ingest.sources.signs_in_text import are_signs_at_their_places


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        ("Preis: 5 € je Kilo", "cp1252 mac-roman iso8859-15"),
        ("Kosten: 12,50€", "cp1252 mac-roman iso8859-15"),
        ("Das Wasser hat 25 °C.", "cp1252 mac-roman"),
        ("Siehe §§ 5 und 6 BGB.", "cp1252 mac-roman"),
        ("Copyright © 2024 Pumpen AG", "cp1252 mac-roman"),
        ("It\u2019s fine \u2013 don\u2019t worry", "cp1252 mac-roman"),
        ("He said “yes” to 1999\u20132004", "cp1252 mac-roman"),
        ("• eins\n• zwei", "cp1252 mac-roman"),
        ("Stahl ± 5 mm", "cp1252 mac-roman"),
        ("£20 a day", "cp1252 mac-roman"),
    ],
)
def test_signs_tell_the_encoding_of_a_text_without_letters(text: str, encodings: str) -> None:
    for encoding in encodings.split():
        found = read(text.encode(encoding))
        assert found is not None
        assert (encoding, found.text) == (encoding, text)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "a\xa0b",
        "Größe 5 €",
        "5 א",
        "Caf© 5",
        "a—b",
        "° 5",
        "€uro",
        "“ 5",
        "m³y",
        "na\u00d7ve",
    ],
)
def test_other_letters_and_places_tell_nothing(text: str) -> None:
    assert not are_signs_at_their_places(text)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("voor €5 en “ja”", "cp1252"),
        ("älter als schön", "cp850"),
        ("больше воды", "koi8-r"),
        ("שלום לכולם 5", "cp862"),
        ("mały dom w Łodzi", "iso8859-2"),
    ],
)
def test_letters_are_read_as_before(text: str, encoding: str) -> None:
    found = read(text.encode(encoding))
    assert found is not None
    assert found.text == text


def test_time_grows_with_the_length_alone() -> None:
    assert not are_signs_at_their_places("“a" * 20_000)
    assert not are_signs_at_their_places("\u2018a " * 20_000 + "é")
