"""Signs of other kinds of Markdown, which common Markdown leaves in the text. Pure."""

import re

_SCRAP = re.compile(r"[\[\]~=^+%]|:[a-z+-][a-z0-9_+-]*:")
_SCRAPS = (  # what there has to be first, since most texts have none of it
    ("](", re.compile(r"!?\[([^\[\]\n]*)\]\((?=[^()\s]*[/.#])[^()\s]*\)"), r"\1"),
    ("](", re.compile(r"!?\[([^\[\]\n]*)\]\([^()\n]*\w\.[A-Za-z]\w{1,4}(?:#[^()\s]*)?\)"), r"\1"),
    ("][", re.compile(r"(?<![\w\]])!?\[([^\[\]\n]+)\]\[[^\[\]\n]*\]"), r"\1"),
    ("==", re.compile(r"(?<![=\w])==(?=\S)([^=\n]+)(?<=\S)==(?![=\w])"), r"\1"),
    ("++", re.compile(r"\+\+([\w-]+(?:\+[\w-]+)*)\+\+"), r"\1"),
    ("~", re.compile(r"(?<=[A-Za-z)])~(\w{1,6})~"), r"\1"),
    ("^", re.compile(r"(?<=\d)\^([+\u2212-]?\d{1,6})\^"), r"^\1"),
    ("^", re.compile(r"(?<=[\w)])\^(\w{1,6})\^"), r"\1"),
    # A comment, and the name of a block.
    ("%%", re.compile(r"(?<![\w%])%%[^%\n]+%%(?![\w%])"), ""),
    ("^", re.compile(r"(?<=\s)\^(?=[\w-]*[A-Za-z])[\w-]{4,}$"), ""),
    ("^[", re.compile(r"\^\[([^\[\]\n]+)\]"), r" (\1)"),
    (":", re.compile(r"(?<![\w:`]):[a-z+-][a-z0-9_+-]*[a-z0-9]:(?![\w:`])"), ""),
)


def without_scraps(text: str) -> str:
    """The text without them; what they stand around stays."""
    if _SCRAP.search(text):
        for sign, pattern, instead in _SCRAPS:
            if sign in text:
                text = pattern.sub(instead, text)
    return text
