"""Whether a text looks like one."""

import pytest

from ingest.sources.alphabets import likeness, script_of
from tests.support.languages import TEXTS


@pytest.mark.parametrize("language", TEXTS)
def test_what_people_write_is_like_a_text(language: str) -> None:
    assert likeness("\n".join(TEXTS[language])) > 0.8


@pytest.mark.parametrize(
    "odd",
    [
        "La citt\u0430 \u0438 pi\u0449 bella",  # Cyrillic in Latin words
        "tomber la bo\u00d3te",
        "Gr\u00b3\u00dfe",
        "Br\u2592d, sm\u2563r",
        "O\x85 se trouve la cl\x82",
        "\u00d0\u009f\u00d1\u0080\u00d0\u00b8\u00d0\u00b2\u00d0\u00b5\u00d1\u0082",
        "r\u010ds du vieux buffet, \u0142 et \u0151",
    ],
)
def test_what_a_wrong_encoding_makes_of_it_is_not(odd: str) -> None:
    assert likeness(odd) < 0.6


SIGNS = ["„Ja“, 5 € – oder 10 °C?", "l’été", "¿Qué?", "© 2020"]  # noqa: RUF001


def test_signs_that_people_write_are_not_odd() -> None:
    for text in (
        "\u201eJa\u201c, 5 \u20ac \u2013 oder 10 \u00b0C?",
        "l\u2019\u00e9t\u00e9",
        "\u00bfQu\u00e9?",
        "\u00a9 2020",
    ):
        assert likeness(text) == 1.0


def test_scripts() -> None:
    assert [script_of(char) for char in "aé\u03b1\u0436\u05d0\u0628\u0e01\u3042\ud55c\u2014"] == [
        *("latin", "latin", "greek", "cyrillic", "hebrew", "arabic", "thai", "east", "east", ""),
    ]
