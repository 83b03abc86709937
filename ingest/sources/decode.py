"""Bytes to text: which character encoding a page or a file is in."""

import codecs
import re
from collections.abc import Iterable

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
# Python knows them as text encodings, but a document in one is a mistake or a trick:
# some can yield lone surrogates, which no store accepts.
_REFUSED = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
# Guesses are kept to what is found in the wild; among all of Python's encodings short
# texts come out as exotic ones.
_GUESSED = ["cp1252", *(f"cp125{n}" for n in "0134567"), "koi8_r"]
_GUESSED += ["cp932", "euc_jp", "gb18030", "big5", "cp949"]
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WRITTEN = re.compile(rb"[A-Za-z\x80-\xff]")  # in a line of words, whatever the encoding
_MAX_DAMAGE = 0.05  # undecodable bytes per non-ASCII character that did decode
_MAX_CONTROLS = 0.01  # share of control characters beyond which bytes are no text
_LAYOUT = "\t\n\v\f\r\x1b\x85"  # control characters that do occur in text


def decode(body: bytes, declared: Iterable[str | None] = ()) -> str | None:
    """The text of `body`, or None where it is no text.

    `declared` are encoding names in order of trust (header, then <meta>). A byte
    order mark wins; next, bytes with non-ASCII characters that are valid UTF-8 are
    UTF-8 whatever was declared: text in another encoding practically never is, and
    servers that declare Latin-1 for everything are common. Then what was declared,
    then a guess from the bytes.
    """
    names = [name for name in map(_known, declared) if name]
    # ASCII pages that claim UTF-16 exist; real UTF-16 of any length has a zero byte.
    if b"\0" not in body:
        names = [name for name in names if not name.startswith(("utf-16", "utf-32"))]
    text = _decoded(body, names)
    return text if text is not None and _is_text(text) else None


def _decoded(body: bytes, declared: list[str]) -> str | None:
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _strict(body, name)
    utf8 = _strict(body, "utf-8")
    # Pure ASCII could still be an escape-based encoding such as ISO-2022-JP.
    if utf8 is not None and (not body.isascii() or not declared):
        return utf8
    for name in declared:
        if (text := _strict(body, name)) is not None:
            return text
    for name in [*declared, "utf-8"]:
        if (text := _damaged(body, name)) is not None:
            return text
    return _guessed(body)


def _damaged(body: bytes, name: str) -> str | None:
    """The text with U+FFFD for bytes that do not fit, if nearly all non-ASCII ones do.

    English in Latin-1 fails this for UTF-8: its few accents are all that do not fit.
    """
    text = body.decode(name, errors="replace")
    bad = text.count("\ufffd")
    good = sum(char > "\x7f" for char in text) - bad
    return text if bad <= _MAX_DAMAGE * good else None


def _guessed(body: bytes) -> str | None:
    # Imported here: most sources are UTF-8 and need no guess.
    from charset_normalizer import from_bytes

    # Without drawn lines: by their share of punctuation any text looks like noise.
    written = b"\n".join(filter(_WRITTEN.search, body.splitlines()))
    best = from_bytes(written, cp_isolation=_GUESSED).best()
    return None if best is None else _strict(body, best.encoding)


def _known(label: str | None) -> str | None:
    try:
        codec = codecs.lookup((label or "").strip())
        "".encode(codec.name)  # LookupError for what is no text encoding, such as rot13
    except (LookupError, ValueError):  # ValueError: a NUL in the label
        return None
    return None if codec.name in _REFUSED else _MEANT.get(codec.name, codec.name)


def _strict(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except UnicodeError:
        return None


def _is_text(text: str) -> bool:
    if "\0" in text:
        return False
    controls = sum(char < " " and char not in _LAYOUT for char in text)
    return controls <= _MAX_CONTROLS * len(text)
