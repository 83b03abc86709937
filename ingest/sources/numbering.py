"""What stands in front of a list's items: numbers, letters, Roman numbers. Pure."""

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc")),
    *((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_HIGHEST = 3_999
"""Romans went no further."""


def numbered(number: int, style: str) -> str:
    """The number as it is read; `style` is how the first would be: `1`, `a`, `A`, `i`, `I`."""
    if style in ("a", "A") and 0 < number <= 26:
        return chr(ord(style) + number - 1)
    if style in ("i", "I") and 0 < number <= _HIGHEST:
        roman = _roman(number)
        return roman.upper() if style == "I" else roman
    return str(number)


def _roman(number: int) -> str:
    parts = []
    for value, signs in _ROMAN:
        times, number = divmod(number, value)
        parts.append(signs * times)
    return "".join(parts)
