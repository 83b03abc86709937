"""The content and the title of a Markdown or plain text document. Pure."""

import re

from ingest.sources.html import Extract, tidy_title

_MAX_TITLE_LINE = 80  # characters; a longer first line of a text file is prose, not a title
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_FRONT_MATTER_LINE = re.compile(r"[\w.-]+[ \t]*:(?:\s|$)|[ \t]|#|-[ \t]|$")
_FRONT_MATTER_TITLE = re.compile(r"^title[ \t]*:(.+)$", re.M)
_FENCE = re.compile(r" {0,3}(```|~~~)")
_HEADING = re.compile(r" {0,3}#[ \t](.+)$")


def extract_markdown(text: str) -> Extract:
    """Markdown as it is, without YAML front matter; titled by that or the first `# `."""
    text, title = _without_front_matter(_unix_lines(text))
    return Extract(text, tidy_title(title or _first_heading(text)))


def extract_plain(text: str) -> Extract:
    """Plain text as it is; titled by its first line where that is short."""
    text = _unix_lines(text)
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    return Extract(text, tidy_title(first) if len(first) <= _MAX_TITLE_LINE else "")


def _without_front_matter(text: str) -> tuple[str, str]:
    block = _FRONT_MATTER.match(text)
    # A document may also begin with a rule (---); then what follows is prose.
    if block is None or not all(map(_FRONT_MATTER_LINE.match, block[1].split("\n"))):
        return text, ""
    title = _FRONT_MATTER_TITLE.search(block[1])
    value = title[1].strip(" \t") if title else ""
    if value[0:1] in ("'", '"') and value[-1] == value[0] and len(value) > 1:
        value = value[1:-1]
    elif value[0:1] in ("|", ">"):  # a block scalar: the text is on the lines below
        value = ""
    return text[block.end() :].lstrip("\n"), value


def _first_heading(text: str) -> str:
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and fence in ("", mark[1]):
            fence = "" if fence else mark[1]  # `# ` in code is a comment
        elif not fence and (heading := _HEADING.match(line)):
            # The hashes that may end it: by a pattern they took the square of a line's length.
            words = heading[1].strip(" \t")
            bare = words.rstrip("#")
            if title := (bare.rstrip(" \t") if bare.endswith((" ", "\t")) else words):
                return title
    return ""


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
