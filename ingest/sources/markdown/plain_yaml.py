"""YAML of the kind that nearly all front matter is: a key and a word or a few on each line. Pure.

What it gives is what the library gives, in a fiftieth of its time; of anything else nothing.
"""

import re
from typing import NamedTuple

Value = str | list[str] | dict[str, "Value"]

_DEEPEST = 8
_LINE = re.compile(r"([ ]*)(?:([A-Za-z_][A-Za-z0-9_.-]{0,99}):(?:[ ]+(.*))?|-[ ]+(?=[^ ])(.*))")
_PLAIN_IN_LIST = r"[\w/][\w./ -]*+"
_IN_LIST = rf"(?:{_PLAIN_IN_LIST}|'[^']*+'[ ]*+|\"[^\"\\]*+\"[ ]*+)"
_LIST = re.compile(rf"\[[ ]*+(?:{_IN_LIST}(?:,[ ]*+{_IN_LIST})*+)?\][ ]*+")
_QUOTED = re.compile(r"(?:'([^']*)'|\"([^\"\\]*)\")[ ]*")
_NO_PLAIN = re.compile(r"[^\w/.(+]|.*(?:: |[ ]#|:[ ]*$)")
_UNUSUAL = re.compile(
    "[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


class _Line(NamedTuple):
    """How far in it stands; its key, None for an item; what comes after."""

    indent: int
    key: str | None
    rest: str


def plain_yaml(block: str) -> dict[str, Value] | None:
    """The fields of a block whose every line is plain; None for another."""
    if _UNUSUAL.search(block):
        return None
    lines: list[_Line] = []
    for line in block.split("\n"):
        bare = line.lstrip(" ")
        if not bare or bare[0] == "#":
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            return None
        lines.append(_Line(len(found[1]), found[2], (found[3] or found[4] or "").rstrip(" ")))
    if not lines or lines[0].indent:
        return None
    fields, end = _fields(lines, 0, 0)
    return fields if end == len(lines) else None


def _fields(lines: list[_Line], at: int, depth: int) -> tuple[dict[str, Value] | None, int]:
    """The fields that stand as far in as a line, and where they end."""
    found: dict[str, Value] = {}
    indent = lines[at].indent
    while at < len(lines) and lines[at].indent == indent:
        line = lines[at]
        if line.key is None:
            break
        at += 1
        value: Value | None = ""
        if line.rest:
            value = _value(line.rest)
        elif at < len(lines) and lines[at].key is None and lines[at].indent >= indent:
            value, at = _items(lines, at)
        elif at < len(lines) and lines[at].indent > indent and depth < _DEEPEST:
            value, at = _fields(lines, at, depth + 1)
        if value is None:
            return None, 0
        found[line.key] = value
    if at < len(lines) and lines[at].indent > indent:
        return None, 0
    return found, at


def _items(lines: list[_Line], at: int) -> tuple[list[str] | None, int]:
    items: list[str] = []
    indent = lines[at].indent
    while at < len(lines) and lines[at].key is None and lines[at].indent == indent:
        value = _value(lines[at].rest)
        if not isinstance(value, str):
            return None, 0
        items.append(value)
        at += 1
    return items, at


def _value(text: str) -> str | list[str] | None:
    """A value on its line; None where it is none of a plain kind."""
    if quoted := _QUOTED.fullmatch(text):
        return quoted[1] if quoted[2] is None else quoted[2]
    if text[0] == "[" and _LIST.fullmatch(text):
        parts = re.findall(_IN_LIST, text[1:-1])
        return [
            part.rstrip(" ") if part[0] not in "'\"" else part.strip(" ")[1:-1] for part in parts
        ]
    return None if _NO_PLAIN.match(text) else text
