"""Formulas in a web page (MathML) on one line."""

from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BETWEEN = {"mfrac": "/", "msup": "^", "msub": "_", "mover": "^", "munder": "_"}
_LEAVES = frozenset(("mi", "mn", "mo", "ms", "mtext"))


def formula_of(math: "HtmlElement") -> str:
    """What its author typed where the page says it, else its signs in order."""
    signs: list[str] = []
    written = ""
    walk = etree.iterwalk(math, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            if element is math:
                break
            parent = element.getparent()
            if parent is not None and parent.tag in _BETWEEN and element.getnext() is not None:
                signs.append(_BETWEEN[parent.tag])
        elif element.tag in ("annotation", "annotation-xml"):
            if "tex" in (element.get("encoding") or "").lower():
                written = written or " ".join((element.text or "").split())
            walk.skip_subtree()
        elif element.tag in _LEAVES:
            signs.append(" ".join("".join(element.itertext()).split()))
    return written or " ".join(filter(None, signs))
