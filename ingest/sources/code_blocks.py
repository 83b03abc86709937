"""Code in a web page: its lines, as they are read, and its language."""

import re
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.html import HtmlElement

CODE_TAGS = frozenset(("listing", "pre", "xmp"))

_LINE = re.compile(r"(?:^|\s)(?:code-?|token-|view-|ec-|cm-)?line(?:\s|$)")
"""The classes of what is one line, with or without the sign that ends it."""
_LINES = frozenset(["br", "div", "li", "ol", "p", "table", "tbody", "tr", "ul"])
_LANGUAGE = re.compile(
    r"(?:^|\s)(?:highlight-(?:source|text)-|(?:language|lang|highlight|source|src)[-_]|brush: ?)"
    r"([\w+#.-]+)"
)
_FIRST_OR_SECOND = re.compile(
    r"(?:sourceCode|prettyprint|highlight|hljs|programlisting)\s+([\w+#.-]+)$"
)
_NO_LANGUAGE = frozenset(
    [
        "auto",
        "code",
        "default",
        "hljs",
        "ini-none",
        "linenums",
        "literal-block",
        "nohighlight",
        "none",
        "notranslate",
        "numberlines",
        "output",
        "plain",
        "plaintext",
        "pre",
        "text",
        "text-html",
        "txt",
        "undefined",
        "wrapper",
    ]
)
_OUTWARD = 4
"""Elements around the code whose classes may name its language, those of tables apart."""
_TABLE = frozenset(("table", "tbody", "td", "tr"))
_TICKS = re.compile(r"^ {0,3}(`{3,})", re.M)
_INVISIBLE = re.compile("[\xad\u200b\u2060\ufeff]")


def code_of(block: "HtmlElement") -> tuple[str, str]:
    """The text of a block of code and its language, each may be empty."""
    pieces: list[str] = []
    due = False  # a line has ended, and the sign that ends it may follow by itself
    walk = etree.iterwalk(block, events=("start", "end"))
    for event, element in walk:
        is_one = is_line(element)
        if event == "start":
            if element.tag == "br" or (
                element is not block and _begins_line(element, is_one, due, pieces)
            ):
                pieces.append("\n")
                due = False
            text = element.text
        else:
            if element is block:
                break
            if (is_one or element.tag in _LINES - {"br"}) and (
                _is_empty(element) or not (pieces and pieces[-1].endswith("\n"))
            ):
                due = True
            text = element.tail
        if text:
            text = text.replace("\r\n", "\n")
            if due and not text.startswith("\n"):
                if not text.strip() and "\n" in text:  # the page's own indentation
                    text = ""
                else:
                    pieces.append("\n")
            if text:
                due = False
                pieces.append(text)
    text = _INVISIBLE.sub("", "".join(pieces).replace("\xa0", " "))
    lines = [line.rstrip() for line in text.expandtabs(4).split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines), _language(block)


def is_line(element: "HtmlElement") -> bool:
    """Whether an element is one line of code."""
    return _LINE.search(element.get("class") or "") is not None


def fenced(code: str, language: str) -> str:
    """The code between fences that it does not contain itself."""
    longest = max((len(ticks) for ticks in _TICKS.findall(code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"


def _begins_line(element: "HtmlElement", is_one: bool, due: bool, pieces: list[str]) -> bool:
    is_block = element.tag in _LINES
    if due:
        return is_one or is_block
    return is_block and bool(pieces) and not pieces[-1].endswith("\n")


def _is_empty(element: "HtmlElement") -> bool:
    return not len(element) and not element.text


def _language(block: "HtmlElement") -> str:
    inner = [child for child in block[:3] if child.tag == "code"]
    around = [block]
    outward = 1
    for element in block.iterancestors():
        if outward == _OUTWARD or element.tag in ("article", "body", "main", "section"):
            break
        if element.attrib:
            around.append(element)
            outward += element.tag not in _TABLE
    for element in (*inner, *around):
        for name in ("data-lang", "data-language", "data-code-language"):
            if found := _named(element.get(name) or ""):
                return found
        classes = " ".join((element.get("class") or "").split())
        for found in _LANGUAGE.findall(classes):
            if named := _named(found):
                return named
        match = _FIRST_OR_SECOND.search(classes)
        if match and (named := _named(match[1])):
            return named
    return ""


def _named(name: str) -> str:
    name = name.strip().lower()
    return name if re.fullmatch(r"[\w+#.-]{1,20}", name) and name not in _NO_LANGUAGE else ""
