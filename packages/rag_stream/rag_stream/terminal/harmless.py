"""Text that others wrote, so that no terminal acts upon it. Pure."""

import json
import re
import unicodedata
from typing import Any

from pydantic import BaseModel

from rag_stream.excerpts import printable

_KEPT = frozenset("\n\t\u200c\u200d")
"""Beside what is printable: emoji and several scripts are joined by the last two."""
_DROPPED = frozenset("\r\u00ad\ufeff")
_BREAKS = frozenset("\v\f\x85\u2028\u2029")
_ACTED_UPON = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(text: str) -> str:
    """The text in its lines; what would move the cursor, or hide or turn text, is spelt out."""
    return text if text.isprintable() else "".join(map(_harmless, text))


def json_line(value: Any) -> str:
    """JSON in one line of what is printable; no other signs than JSON itself escapes are lost."""
    line = json.dumps(value, ensure_ascii=False, default=_plain)
    return _ACTED_UPON.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def _harmless(character: str) -> str:
    if character.isprintable() or character in _KEPT:
        return character
    if character in _DROPPED:
        return ""
    if character in _BREAKS:
        return "\n"
    if unicodedata.category(character) == "Zs":  # a space of some width
        return character
    return printable(character, 1)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump()
    raise TypeError(f"expected what can be written as JSON, got {type(value).__name__}")
