"""What a Markdown document is called, in words without signs. Pure."""

import re
from collections.abc import Sequence
from html import unescape

from ingest.sources.markdown.macros import Context, replace_macros
from ingest.sources.markdown.writer import Heading

_MARKUP_IN_TITLE = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)|\{[#.:][^}]*\}"), ""),
    (re.compile(r"\[([^\]]+)\]\([^)]*\)"), r"\1"),
    (re.compile(r"(`+|\*\*)(.+?)\1"), r"\2"),
    (re.compile(r"</?[a-zA-Z][^<>]*>"), ""),
    (re.compile(r"\\([\\`*_\[\]<>#])"), r"\1"),
)


def title_among(headings: Sequence[Heading]) -> str:
    """The first of the highest headings, without signs of code."""
    top = min((heading.level for heading in headings), default=0)
    found = next((heading.text for heading in headings if heading.level == top), "")
    return found.replace("\0", "").replace("`", "")


def bare_title(title: str) -> str:
    """A title from front matter: what is code, a link or emphasis there, too."""
    title = replace_macros(title, Context())
    for pattern, instead in _MARKUP_IN_TITLE:
        title = pattern.sub(instead, title)
    return unescape(title)
