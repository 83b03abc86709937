"""What stands in front of the items of a list."""

import pytest

from ingest.sources.numbering import numbered


@pytest.mark.parametrize(
    ("number", "style", "shown"),
    [
        (3, "1", "3"),
        (3, "", "3"),
        (3, "a", "c"),
        (26, "A", "Z"),
        (27, "a", "27"),
        (0, "a", "0"),
        (4, "i", "iv"),
        (1994, "I", "MCMXCIV"),
        (3999, "i", "mmmcmxcix"),
        (4000, "i", "4000"),
        (-1, "I", "-1"),
    ],
)
def test_numbers_letters_and_roman_numbers(number: int, style: str, shown: str) -> None:
    assert numbered(number, style) == shown
