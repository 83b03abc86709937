"""Markdown as its reader sees it, within one line: without the marks of links and emphasis.

The readers of documents leave few such marks: what looks like one and may be a sign of the text
itself stays (`List<String>`, `__init__`, `rows[0][1]`).
"""

import html
import re

_IMAGE = re.compile(r"!\[([^\[\]]{0,300}+)\](?:\([^()\s]{0,2000}+\)|\[[^\[\]]{0,200}+\])?")
# An address has a sign of one: `steps[0](event)` calls something. Nor is `rows[0][1]` a link.
_LINK = re.compile(
    r"\[([^\[\]]{0,300}+)\]\((?=[^()]*?[./:#?])[^()]{0,2000}+\)"
    r"|(?<![\w)\]])\[([^\[\]]{0,300}+)\](?:\([^()]{0,2000}+\)|\[[^\[\]]{0,200}+\])"
)
_ANCHOR = re.compile(r"(?<=\S)\s*+\{:?\s*+[#.][^{}]{0,200}+\}")
_TAG = re.compile(
    r"</?(?:BR|a|abbr|b|big|br|center|cite|code|del|em|font|i|img|ins|kbd|mark|nobr|p|q|s|samp|small"
    r"|span|strike|strong|sub|sup|tt|u|var|wbr)(?:\s[^<>]{0,500}+|/)?>"
)
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s)\],;])([^*\n]{1,300}+)(?<=[^\s(\[])\1(?!\w)")
_UNDERLINE = re.compile(
    r"(?<!\w)(?!__[a-z][a-z0-9_]{0,80}__(?!\w))(_{1,3})(?=\S)([^_\n]{1,300}+)(?<=\S)\1(?!\w)"
)
_STRUCK = re.compile(r"~~([^~\n]{1,300}+)~~")
_CODE = re.compile(r"(?<!`)(`+)(?!`)([^\n]{1,300}?)(?<!`)\1(?!`)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_NUMBERED = re.compile(r"[\[\u3010\uff3b][^\]\u3011\uff3d]{0,60}\d")
_LONGEST = 2_000


def plain(text: str) -> str:
    """The words of a line; code keeps its signs. For headings, so at most 2,000 characters."""
    text, code = _without_code(text[:_LONGEST])
    if "{" in text:
        text = _ANCHOR.sub("", text)
    text = html.unescape(_ESCAPED.sub(r"\1", _STRUCK.sub(r"\1", _without_marks(text))))
    return _with_code(text, code)


def plain_cell(text: str) -> str:
    """The words of a table's cell, at most 2,000 characters.

    Escapes, references and deletions stay as they are, and so do the marks around code with a
    number in brackets, which outside of code means a source.
    """
    text, code = _without_code(text[:_LONGEST])
    text = _without_marks(text)
    return _with_code(text, code, keeps_marks=True)


def _without_code(text: str) -> tuple[str, list[re.Match[str]]]:
    kept: list[re.Match[str]] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found)
        return f"\0{len(kept) - 1}\0"

    return _CODE.sub(keep, text.replace("\0", "")), kept


def _without_marks(text: str) -> str:
    if "[" in text:
        text = _LINK.sub(lambda link: link[1] or link[2] or "", _IMAGE.sub(r"\1", text))
    if "<" in text:
        text = _TAG.sub(" ", text)
    for mark in (_EMPHASIS, _UNDERLINE):
        text = mark.sub(r"\2", text)
    return text


def _with_code(text: str, code: list[re.Match[str]], *, keeps_marks: bool = False) -> str:
    for place, one in enumerate(code):
        is_marked = keeps_marks and _NUMBERED.search(one[2]) is not None
        text = text.replace(f"\0{place}\0", one[0] if is_marked else one[2].strip())
    return " ".join(text.split())
