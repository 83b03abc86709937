"""Bytes to text: which character encoding a page or a file is in."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.sources.charset_guess import guesses, is_doubtful
from ingest.sources.wide import wide

# What browsers take these labels to mean: supersets, seen under the narrower name.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# Windows' own, which bytes are in that have characters where these have none.
_WINDOWS = {"iso8859-2": "cp1250", "iso8859-5": "cp1251", "iso8859-6": "cp1256"}
_WINDOWS |= {"iso8859-7": "cp1253", "iso8859-8": "cp1255", "iso8859-13": "cp1257"}
_WINDOWS |= {"iso8859-15": "cp1252"}
# Python knows them as text encodings, but a document in one is a mistake or a trick:
# some can yield lone surrogates, which no store accepts.
_REFUSED = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-16", "utf-32")
# Encodings of plain ASCII that switch by escape sequences; terminals' are others.
_ESCAPES = ((b"\x1b$)C", ("iso2022_kr",)), (b"\x1b$", ("iso2022_jp", "iso2022_jp_ext")))
_MAX_DAMAGE = 0.05  # undecodable bytes per non-ASCII character that did decode
_BY_CHANCE = 2
_MAX_CONTROLS = 0.01  # share of control characters beyond which bytes are no text
_LAYOUT = "\t\n\v\f\r\x1b"  # control characters that do occur in text
_CONTROLS = [char for char in map(chr, range(32)) if char not in _LAYOUT]
_C1 = re.compile("[\x80-\x84\x86-\x9f]")
_STRAY = re.compile(r"(?<![^\x00-\x7f])[\udc80-\udcff](?![^\x00-\x7f])")
"""A byte that is no UTF-8 between characters that are ASCII."""
_LOST = re.compile(r"[\udc80-\udcff]+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding that it was read in, and what is to be said of that, if anything."""

    text: str
    encoding: str
    note: str = ""


def decode(body: bytes, declared: Iterable[str | None] = ()) -> str | None:
    """The text of `body`, or None where it is no text; see `read`."""
    found = read(body, declared)
    return None if found is None else found.text


def read(body: bytes, declared: Iterable[str | None] = ()) -> Decoded | None:
    """`body` as text, or None where it is none.

    `declared` are encoding names in order of trust (header, then <meta>). A byte
    order mark wins; next, bytes with non-ASCII characters that are valid UTF-8 are
    UTF-8 whatever was declared: text in another encoding practically never is, and
    servers that declare Latin-1 for everything are common. Then what was declared,
    then a guess from the bytes.
    """
    names = [name for name in map(_known, declared) if name]
    # ASCII pages that claim UTF-16 exist; real UTF-16 of any length has a zero byte.
    if b"\0" not in body:
        names = [name for name in names if not name.startswith(_WIDE)]
    found = _decoded(body, names)
    return found if found is not None and _is_text(found.text) else None


def _decoded(body: bytes, declared: list[str]) -> Decoded | None:
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _strict(body, name)
    if (found := _escaped(body)) is not None:
        return found
    if b"\0" in body:
        # UTF-16 and its like: to all others a zero byte is none of a text.
        said = [name for name in declared if name.startswith(_WIDE)]
        wide_one = said[0] if said else wide(body)
        return None if wide_one is None else _strict(body, wide_one)
    utf8 = _strict(body, "utf-8")
    # Pure ASCII could still be an encoding that was declared, such as HZ.
    if utf8 is not None and (not body.isascii() or not declared):
        return utf8
    for name in declared:
        if (found := _fitting(body, name)) is not None:
            return found
    for name in [*declared, "utf-8"]:
        if (found := _damaged(body, name)) is not None:
            return found
    return _guessed(body, declared)


def _escaped(body: bytes) -> Decoded | None:
    if not body.isascii():
        return None
    for sign, names in _ESCAPES:
        if sign in body:
            for name in names:
                found = _strict(body, name)
                if found is not None and not found.text.isascii():
                    return found
    return None


def _fitting(body: bytes, name: str) -> Decoded | None:
    """As declared, unless the bytes cannot be that."""
    found = _strict(body, name)
    if found is None or not name.startswith("iso8859") or not _C1.search(found.text):
        return found
    windows = _WINDOWS.get(name)
    return None if windows is None else _strict(body, windows)


def _damaged(body: bytes, name: str) -> Decoded | None:
    """The text with U+FFFD for bytes that do not fit, if nearly all non-ASCII ones do.

    English in Latin-1 fails this for UTF-8: its few accents are all that do not fit. Where two
    files were put together, what does not fit is a Windows letter among ASCII ones.
    """
    text, mended = body.decode(name, errors="replace"), 0
    bad = text.count("\ufffd")
    good = sum(char > "\x7f" for char in text) - bad
    if name == "utf-8" and 0 < bad <= (1 + _MAX_DAMAGE) * good:
        text, mended = _STRAY.subn(_windows, body.decode(errors="surrogateescape"))
        text = _LOST.sub("\ufffd", text)
        bad = text.count("\ufffd")
    # By chance other encodings give a letter or two of UTF-8, and many strays beside them.
    if bad > _MAX_DAMAGE * good or (mended and (mended > good or good <= _BY_CHANCE)):
        return None
    told = [(mended, "bytes read as cp1252"), (bad, "characters lost")]
    why = ", ".join(f"{number} {what}" for number, what in told if number)
    return Decoded(text, name, f"not all of it is {name}: {why}")


def _windows(stray: re.Match[str]) -> str:
    return bytes([ord(stray[0]) & 0xFF]).decode("cp1252", "replace")


def _guessed(body: bytes, declared: list[str]) -> Decoded | None:
    ranked = guesses(body)
    for place, best in enumerate(ranked):
        found = _strict(body, best.encoding)
        if found is None:
            continue
        why = f"it is not in {declared[0]}, as it says; " if declared else ""
        note = f"{why}read as {best.encoding}" if why else ""
        for other in ranked[place + 1 : place + 2]:
            if is_doubtful(best, other):
                note = f"{why or 'its encoding is not said; '}read as {best.encoding}, "
                note += f"but it might be {other.encoding}"
        return Decoded(found.text, best.encoding, note)
    return None


def _known(label: str | None) -> str | None:
    try:
        codec = codecs.lookup((label or "").strip())
        "".encode(codec.name)  # LookupError for what is no text encoding, such as rot13
    except (LookupError, ValueError):  # ValueError: a NUL in the label
        return None
    return None if codec.name in _REFUSED else _MEANT.get(codec.name, codec.name)


def _strict(body: bytes, name: str) -> Decoded | None:
    try:
        return Decoded(body.decode(name), name)
    except UnicodeError:
        return None


def _is_text(text: str) -> bool:
    return "\0" not in text and sum(map(text.count, _CONTROLS)) <= _MAX_CONTROLS * len(text)
