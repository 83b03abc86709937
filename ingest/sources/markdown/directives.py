"""Boxes and directives by name: which have a title, which hold code, which no text. Pure."""

import re
from dataclasses import dataclass, replace

NAME = re.compile(r"\{([\w:.+-]+)\}(.*)$")
MODULE = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")
"""What mkdocstrings takes the documentation of."""

_BOXES = {
    "note", "tip", "warning", "info", "caution", "danger", "important", "hint", "attention",
    "error", "seealso", "todo", "abstract", "summary", "success", "question", "failure", "bug",
    "example", "quote", "details", "check", "secondary", "tldr",
}  # fmt: skip
_SHOWN_AS = {"seealso": "See also", "versionadded": "Added in version", "tldr": "TL;DR"}
_SHOWN_AS |= {"versionchanged": "Changed in version", "deprecated": "Deprecated since version"}
_TITLED = {
    "admonition", "dropdown", "tab-item", "tab", "card", "grid-item-card", "topic", "sidebar",
    "rubric", "exercise", "solution", "prf:theorem", "theorem", "definition", "item", "step",
}  # fmt: skip
_CODE = {
    "code-block", "code", "sourcecode", "code-cell", "parsed-literal", "prompt", "doctest",
    "testcode", "testoutput", "ipython", "math", "mermaid", "graphviz", "eval-rst", "plantuml",
    "python", "r", "julia", "bash", "ojs", "sql",
}  # fmt: skip
_NO_TEXT = {
    "toctree", "contents", "tableofcontents", "bibliography", "index", "raw", "currentmodule",
    "module", "highlight", "include", "literalinclude", "tags", "meta", "sectionauthor",
    "gallery-grid", "iframe", "video", "youtube",
}  # fmt: skip
_AUTO = re.compile(r"auto\w+|autodoc\d?-\w+|click|argparse|program-output|jsonschema")
_TITLE = re.compile(r"\btitle=(?:\"([^\"]*)\"|'([^']*)')")
_BRACKETED = re.compile(r"([\w-]+)?\s*(?:\[(.*)\])?\s*(?:\{[^{}]*\})?\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Directive:
    """What to do with one: show words above what is in it, take that for code, or drop it."""

    words: str = ""
    language: str = ""
    is_code: bool = False
    is_dropped: bool = False
    includes: str = ""


def box_title(kind: str, title: str | None) -> str:
    """What is written on a box; an empty title says that nothing is."""
    name = kind.split()[0].lower()
    return name.replace("-", " ").capitalize() if title is None else title


def read(name: str, argument: str) -> Directive:
    """A directive of MyST."""
    name = name.lower()
    if name in ("include", "literalinclude") or _AUTO.fullmatch(name):
        return Directive(is_dropped=True, includes=argument)
    if name in _NO_TEXT:
        return Directive(is_dropped=True)
    if name in _CODE:
        is_language = name in ("code-block", "code", "sourcecode", "code-cell", "prompt")
        language = argument.split(" ")[0] if is_language else name
        return Directive(language=language, is_code=True)
    if name in _BOXES:
        return Directive(argument or _SHOWN_AS.get(name, name.capitalize()))
    if name in _SHOWN_AS:
        return Directive(f"{_SHOWN_AS[name]} {argument}".strip())
    if name.startswith(("py:", "c:", "cpp:", "js:", "function", "class", "method")):
        return Directive(f"`{argument}`" if argument else "")
    return Directive(argument if name in _TITLED else "")


def read_colons(text: str) -> Directive:
    """What follows three colons: a directive of MyST, or a box of Docusaurus, VitePress, Pandoc."""
    if named := NAME.match(text):
        return replace(read(named[1], named[2].strip()), is_code=False)
    if text.startswith("{"):
        titled = _TITLE.search(text)
        return Directive(titled[1] or titled[2] if titled else "")
    found = _BRACKETED.match(text)
    name, bracketed, rest = (found[1], found[2], found[3]) if found else ("", None, text)
    title = bracketed if bracketed is not None else rest
    if title and title.startswith("{"):
        title = ""
    if title:
        return Directive(title)
    return Directive((name or "").capitalize() if (name or "").lower() in _BOXES else "")
