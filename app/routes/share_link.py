"""What a share link of the playground chooses: unpacked within bounds, because anybody makes one.

Its text is an LZ-string (https://pieroxy.net/blog/pages/lz-string/), six bits a character. A
short one can stand for a text whose length grows with its square.
"""

from typing import Any

import orjson

from rag_stream.errors import InvalidInputError

MOST_CHARS = 8_000
"""Of the link's own text."""
MOST_UNPACKED = 16_000
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$"
_SIX_BITS = {character: f"{number & 63:06b}" for number, character in enumerate(_ALPHABET)}
_SIX_BITS[" "] = _SIX_BITS["+"]  # as forms write it
_ONE_BYTE, _TWO_BYTES, _END = range(3)
_FIRST_CODE = 3


def chosen_by(link: str) -> dict[str, Any]:
    """The config that a link stands for; empty for no link. Raises InvalidInputError."""
    if not link:
        return {}
    if len(link) > MOST_CHARS:
        raise InvalidInputError(
            f"config hash: expected at most {MOST_CHARS} characters, got {len(link)}"
        )
    try:
        # It refuses halves of surrogate pairs, and lists in lists in lists without end.
        config = orjson.loads(unpacked(link))
    except ValueError:
        config = None
    if not isinstance(config, dict):
        raise InvalidInputError("config hash: expected one made by the playground's share link")
    return config


def unpacked(link: str) -> str:
    """The text that was packed. Raises ValueError for what is none or unpacks to too much."""
    reader = _Reader(link)
    entries: list[str] = []
    parts: list[str] = []
    before, length = "", 0
    width, room = 2, 1  # bits of a code, and how many more entries they can number
    while (code := reader.number(width)) != _END:
        if code < _END:
            entry = chr(reader.number(8 if code == _ONE_BYTE else 16))
            entries.append(entry)
            room -= 1
            if not room:
                room, width = 1 << width, width + 1
        elif code - _FIRST_CODE < len(entries):
            entry = entries[code - _FIRST_CODE]
        elif before and code - _FIRST_CODE == len(entries):
            entry = before + before[0]
        else:
            raise ValueError("not a packed text")
        parts.append(entry)
        length += len(entry)
        if length > MOST_UNPACKED:
            raise ValueError("too long a text")
        if before:
            entries.append(before + entry[0])
            room -= 1
            if not room:
                room, width = 1 << width, width + 1
        before = entry
    # As JavaScript packed it: what lies beyond 16 bits is a pair.
    return "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16")


class _Reader:
    """Numbers out of a link's bits, the lowest first."""

    def __init__(self, link: str) -> None:
        try:
            self._bits = "".join([_SIX_BITS[character] for character in link])
        except KeyError:
            raise ValueError("not of the alphabet") from None
        self._at = 0

    def number(self, width: int) -> int:
        bits = self._bits[self._at : self._at + width]
        if len(bits) < width:
            raise ValueError("no end")
        self._at += width
        return int(bits[::-1], 2)
