"""reStructuredText to plain Markdown. Pure."""

import re
from typing import Any

from ingest.sources.details import bounded
from ingest.sources.extracted import Extracted
from ingest.sources.html import tidy_title
from ingest.sources.markdown.front_matter import COMMENTED, front_matter
from ingest.sources.markdown.titles import title_among
from ingest.sources.plain_text import unix_lines
from ingest.sources.rst.walk import Walk

# docutils is imported where it is used: runs over other kinds need not wait for it.

_SETTINGS: dict[str, Any] = {
    "_disable_config": True,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 6,
    "warning_stream": False,
    "doctitle_xform": False,
    "docinfo_xform": False,
    "sectsubtitle_xform": False,
    "smart_quotes": False,
    "syntax_highlight": "none",
    "line_length_limit": 1_000_000_000,
    "input_encoding": "unicode",
}
_META = re.compile(r"^[ \t]*\.\.[ ]+meta::[^\n]*\n((?:[ \t]+:[^\n]*\n|[ \t]+\S[^\n]*\n|\n)+)", re.M)
_FIELD = re.compile(r"^[ \t]+:([\w ]+?)(?:[ ]+lang=\S+)?:[ \t]*(.+)$", re.M)
_DETAILS = {"description": "description", "summary": "description", "keywords": "tags"}
_DETAILS |= {"tags": "tags", "slug": "slug"}
_COMMENTED = re.compile(r"\s*((?:\.\.[ ]+[\w-]+:(?!:)[^\n]*\n)+)")


def _said_before(text: str) -> dict[str, str]:
    """What comments in front of a text say about it, as Nikola has it."""
    block = _COMMENTED.match(text)
    found = COMMENTED.findall(block[1]) if block else []
    return {key.lower(): value.strip() for key, value in found if value.strip()}


def extract_rst(text: str) -> Extracted:
    """What is indexed of a reStructuredText document; titled by its first headline."""
    from docutils.core import publish_doctree
    from docutils.parsers.rst import Parser

    from ingest.sources.rst.inline import bounded_inliner
    from ingest.sources.rst.registry import know

    about, text = Extracted("", ""), unix_lines(text).replace("\0", "")
    if text.startswith("---\n"):
        about, text = front_matter(text)
    said = _said_before(text)
    know(text)
    parser = Parser(inliner=bounded_inliner())
    tree = publish_doctree(text, parser=parser, settings_overrides=_SETTINGS)
    walk = Walk()
    walk.children(tree)
    said |= walk.fields
    title = about.title or said.get("title") or title_among(walk.writer.headings)
    details = {**about.details, **{_DETAILS[key]: said[key] for key in said if key in _DETAILS}}
    if meta := _META.search(text):
        for name, value in _FIELD.findall(meta[1]):
            if name in _DETAILS:
                details[_DETAILS[name]] = " ".join(value.split())
    return Extracted(walk.writer.whole(), tidy_title(title), bounded(details), tuple(walk.includes))
