"""Markdown as its reader sees it, within one line: without the marks of links and emphasis."""

import html
import re

_IMAGE = re.compile(r"!\[([^\[\]]{0,300}+)\](?:\([^()\s]{0,2000}+\)|\[[^\[\]]{0,200}+\])?")
_LINK = re.compile(r"\[([^\[\]]{0,300}+)\](?:\([^()]{0,2000}+\)|\[[^\[\]]{0,200}+\])")
_ANCHOR = re.compile(r"\s*+\{:?\s*+[#.][^{}]{0,200}+\}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}+>")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=\S)([^*\n]{1,300}+)(?<=\S)\1(?!\w)")
_UNDERLINE = re.compile(r"(?<!\w)(_{1,3})(?=\S)([^_\n]{1,300}+)(?<=\S)\1(?!\w)")
_STRUCK = re.compile(r"~~([^~\n]{1,300}+)~~")
_CODE = re.compile(r"(`+)([^`\n]{1,300}+)\1")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """The words of a line; code keeps its signs. For headings and cells, so at most 2,000 long."""
    text = text[:2_000]
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[2].strip())
        return f"\0{len(kept) - 1}\0"

    text = _CODE.sub(keep, text.replace("\0", ""))
    if "[" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    if "{" in text:
        text = _ANCHOR.sub("", text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    for mark in (_EMPHASIS, _UNDERLINE):
        text = mark.sub(r"\2", text)
    text = html.unescape(_ESCAPED.sub(r"\1", _STRUCK.sub(r"\1", text)))
    for place, code in enumerate(kept):
        text = text.replace(f"\0{place}\0", code)
    return " ".join(text.split())
