"""What stands in the lines of an Org file, without its marks. Pure."""

import re
from collections.abc import Mapping
from html import unescape

# One line may go on in the next one, as paragraphs are filled.
_IN = r"(?:[^\n]|\n(?![ \t]*\n))"
_LINK = re.compile(r"\[\[([^\[\]]+)\](?:\[([^\[\]]+)\])?\]")
_CODE = re.compile(rf"(?<![\w])([=~])(\S(?:{_IN}{{0,300}}?\S)??)\1(?![\w])")
_SOURCE = re.compile(r"(?<![\w])src_[\w-]+(?:\[[^\[\]\n]*\])?\{([^{}\n]+)\}")
_FORMULA = re.compile(r"\$[^$\n]{1,300}\$|\\\([^\n]{1,300}?\\\)|\\\[[^\n]{1,300}?\\\]")
_EMPHASIS = re.compile(rf"(?<![\w*/_+])([*/_+])(?=\S)((?:(?!\*){_IN}){{0,300}}?\S)\1(?![\w*/_+])")
_FOOTNOTE = re.compile(r"\[fn:([\w-]+)\]")
_INLINE_FOOTNOTE = re.compile(r"\[fn:[\w-]*:([^\[\]]*)\]")
_RADIO = re.compile(r"<<<([^<>\n]+)>>>")
_TARGET = re.compile(r"<<[^<>\n]+>>|@@[\w-]+:[^@\n]*@@|\\\\[ \t]*$", re.M)
"""Names of places, what only one format shows, and ends of lines."""
_MACRO = re.compile(rf"\{{\{{\{{([\w-]+)(?:\(((?:(?!\}}\}}\}}){_IN}){{0,300}}?)\))?\}}\}}\}}")
_STAMP = re.compile(r"[<\[](\d{4}-\d\d-\d\d[^<>\[\]\n]*)[>\]]")
_RAISED = re.compile(r"(?<=\S)([_^])\{([^{}\n]+)\}")
_ENTITY = re.compile(r"\\([A-Za-z]{2,12}\d{0,2})(?:\{\}|(?![A-Za-z{]))")
_PICTURE = re.compile(r"\S+\.(?:png|jpe?g|gif|svg|webp|bmp)", re.I)
_PLACE = re.compile(r"^(?:file:|\*|#)")


def words_of(text: str, macros: Mapping[str, str]) -> str:
    """Lines without their marks; what is between marks of code keeps what is in it.

    `macros`: by their names what they stand for, `$1` for what is given to them.
    """
    text = _MACRO.sub(lambda macro: _meant(macro, macros), text)
    parts = []
    at = 0
    for code in _CODE.finditer(text):
        parts += [_outside(text[at : code.start()]), f"`{' '.join(code[2].split())}`"]
        at = code.end()
    return "".join([*parts, _outside(text[at:])])


def _meant(macro: re.Match[str], macros: Mapping[str, str]) -> str:
    given = [part.replace("\\,", ",").strip() for part in re.split(r"(?<!\\),", macro[2] or "")]
    meaning = macros.get(macro[1].lower())
    if meaning is None:  # of another file: what is given to it is what it shows
        return ", ".join(filter(None, given))
    for place, value in enumerate(given, 1):
        meaning = meaning.replace(f"${place}", value)
    return re.sub(r"\$\d", "", meaning)


def _outside(text: str) -> str:
    """What is outside of code; formulas stay as they are."""
    parts = []
    at = 0
    for formula in _FORMULA.finditer(text):
        parts += [_plain(text[at : formula.start()]), formula[0]]
        at = formula.end()
    return "".join([*parts, _plain(text[at:])])


def _plain(text: str) -> str:
    text = _LINK.sub(_linked, text)
    text = _INLINE_FOOTNOTE.sub(r" (\1)", text)
    text = _FOOTNOTE.sub(r"[^\1]", text)
    text = _TARGET.sub("", _RADIO.sub(r"\1", text))
    text = _SOURCE.sub(r"`\1`", _STAMP.sub(r"\1", text))
    for _ in range(2):  # one within another
        text = _EMPHASIS.sub(r"\2", text)
    text = _RAISED.sub(lambda sign: sign[2] if sign[1] == "_" else f"^{sign[2]}", text)
    return _ENTITY.sub(_sign, text)


def _linked(link: re.Match[str]) -> str:
    shown = link[2] or _PLACE.sub("", link[1])
    # A picture is no text, be it that leads somewhere or what is led to.
    return "" if _PICTURE.fullmatch(shown) else shown


def _sign(entity: re.Match[str]) -> str:
    """The sign that `\\alpha` stands for; nothing else is changed."""
    sign = unescape(f"&{entity[1]};")
    return entity[0] if sign.startswith("&") else sign
