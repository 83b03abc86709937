"""The forms in which models write citation markers: `[3]`, `[1, 2]`, `[1-3]`, `[^3]`, ...

A bracketed whole number is a marker, a year included: nobody can tell `[2024]` from a
source that does not exist. `[1.5]`, `[x]`, `[3:16]`, `(3)` are text.
"""

import re

MAX_MARKER = 64
"""Characters of the longest marker; a longer list of numbers in brackets is data."""
OPENERS = "[\u3010\uff3b"

_NOUNS = (
    "citation citations cite cited context doc docs document documents excerpt excerpts passage"
    " passages piece pieces ref refs reference references source sources"
    # of German, the Romance languages, Russian, Arabic, Hindi, Chinese, Japanese, Korean
    " quelle quellen dokument dokumente fuente fuentes documento documentos fonte fontes fonti"
    " источник документ المصدر مصدر المستند स्रोत दस्तावेज़ 来源 來源 文档 文件"
    " 文献 資料 文書 출처 문서"
)
_WORDS = sorted(_NOUNS.split(), reverse=True)
_BEGINNINGS = sorted({word[:n] for word in _WORDS for n in range(1, len(word))}, reverse=True)

_B = "[^\\S\\n\\r]"  # any blank: a marker stands on one line
_LEAD = f"(?:(?:{'|'.join(_WORDS)})(?:{_B}|[:.#]){{0,4}})?"
_NUMBER = r"\^?\d+"
_DASH = f"(?:{_B}*[-~\u2010-\u2015\u2212]{_B}*|{_B}+to{_B}+)"
_ITEM = f"{_LEAD}{_NUMBER}(?:{_DASH}{_NUMBER})?"
_COMMA = f"{_B}*[,;&\u3001\uff0c\uff1b\u060c\u061b]{_B}*"
_AND_IN_BLANKS, _AND_ALONE = "and|und|et|y|e|en|och|i|и|و|और|및", "[和与與と]"
_AND = f"(?:{_AND_IN_BLANKS}|{_AND_ALONE})"
# Each text in one way only: with two for each number, a list of n would be tried in 2^n.
_NEXT = (
    f"(?:{_COMMA}(?:{_AND}{_B}+|&{_B}*)?"
    f"|{_B}+(?:(?:{_AND_IN_BLANKS}){_B}+)?|{_B}*{_AND_ALONE}{_B}*)"
)
_ANDS = "an?|un?|oc?|औ|और?"
# What ChatGPT's own form has after the number: a dagger and a name or lines.
_TAIL = "\u2020[^\\[\\]\u3010\u3011\uff3b\uff3d\\n`]*"
_BODY = f"{_B}*{_ITEM}(?:{_NEXT}{_ITEM})*(?:{_TAIL})?{_B}*"
# "4:0" in that form is the number of a call and of a result of it: none of our sources.
_CALL = f"\u3010\\d+:\\d+(?:{_TAIL})?\u3011"
_MARKER = re.compile(
    rf"(?P<call>{_CALL})|\[\[{_BODY}\]\]|[\[\u3010\uff3b]{_BODY}[\]\u3011\uff3d]", re.IGNORECASE
)
_PARTIAL = (
    f"{_B}*(?:{_ITEM}{_NEXT})*(?:{'|'.join(_BEGINNINGS)}|{_LEAD}\\^?"
    rf"|{_ITEM}(?:{_DASH}\^?|{_B}+t|{_B}+to{_B}*|(?:{_COMMA}|{_B}+)(?:{_AND}|{_ANDS})?"
    rf"|{_TAIL}|{_B}*{_AND_ALONE})?{_B}*)"
)
_BEGINNING = re.compile(
    rf"(?:[\[\u3010\uff3b]|\[\[){_PARTIAL}\Z|\[\[{_BODY}\]\Z"
    rf"|\u3010\d+:\d*(?:{_TAIL})?\Z",
    re.IGNORECASE,
)
_RANGE = re.compile(rf"(\d+)(?:{_DASH}\^?(\d+))?", re.IGNORECASE)


def marker_end(text: str) -> int:
    """Where the marker that `text` begins with ends; 0 if it begins with none."""
    marker = _MARKER.match(text[:MAX_MARKER])
    return marker.end() if marker is not None else 0


def may_grow(text: str) -> bool:
    """Whether `text` may be the beginning of a marker that is not whole yet."""
    return len(text) < MAX_MARKER and _BEGINNING.match(text) is not None


def named(marker: str, sources: int) -> list[int]:
    """The numbers from 1 to `sources` that a whole marker names, each once, in its order."""
    if _MARKER.fullmatch(marker)["call"]:  # type: ignore[index]
        return []
    numbers: dict[int, None] = {}
    for first, last in _RANGE.findall(marker.partition("\u2020")[0]):
        low, high = sorted((int(first), int(last or first)))
        numbers.update(dict.fromkeys(range(max(1, low), min(high, sources) + 1)))
    return list(numbers)
