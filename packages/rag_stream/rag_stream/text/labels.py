"""What a chunk's metadata says of where it stands, in words: for searches, prompt and answers.

None of it is in the chunk's text. Pure.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from rag_stream.text.headings import SEPARATOR

LEAD = "lead"
"""The key of what a chunk's paragraph begins with (`leads.py`): for vectors only. As words of
the chunk it brought as many wrong chunks up as right ones."""
_TOLD = ("title", "section", "description", "tags", "slug", "columns")
_MOST = 2_000
"""Characters of the words of one chunk's labels."""
_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://[^/?#]*", re.IGNORECASE)
_SUFFIX = re.compile(r"(?<=[^.])\.[A-Za-z][A-Za-z0-9]{0,9}$")
_JOINT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIGNS = re.compile(r"[\W_]+")
_NO_NAMES = frozenset({"index", "readme", "default", "home", "main", "contents"})


def label(metadata: Mapping[str, Any], key: str) -> str:
    """A piece of metadata on one line, empty where there is none."""
    value = metadata.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""


def heading_path(metadata: Mapping[str, Any]) -> str:
    """The title and the headings above a chunk, outermost first, each once.

    A document that is only called as its file is, is called by the words of that.
    """
    title, section = label(metadata, "title"), label(metadata, "section")
    source = label(metadata, "source")
    if not title or title == source or source.endswith(f"/{title}"):
        title = name_words(source)
    if not section or not title:
        return section or title
    same = section == title or section.startswith(f"{title}{SEPARATOR}")
    return section if same else f"{title}{SEPARATOR}{section}"


def standing(metadata: Mapping[str, Any], *, leads: bool = False) -> str:
    """What a chunk's vector leans on: the headings above it, the columns of its table.

    With `leads` also what its paragraph begins with, on a line of its own.
    """
    parts = (heading_path(metadata), label(metadata, "columns"))
    above = ": ".join(part for part in parts if part)
    lead = label(metadata, LEAD) if leads else ""
    return f"{above}\n{lead}" if lead else above


def has_lead(standing: str) -> bool:
    """Whether what a chunk leans on is more than headings and columns."""
    return "\n" in standing


def label_words(metadata: Mapping[str, Any]) -> str:
    """All that stands in a chunk's labels, and the name of its file, for a search by words."""
    told = [label(metadata, key) for key in _TOLD]
    parts = dict.fromkeys([*told, name_words(label(metadata, "source"))])
    return " ".join(part for part in parts if part).replace(SEPARATOR, " ")[:_MOST]


def name_words(source: str) -> str:
    """The words in the name of a file or page; of one that is named as any, in its folder's."""
    path = _ADDRESS.sub("", source)
    if path != source:
        path = unquote(re.split(r"[?#]", path, maxsplit=1)[0])
    for part in reversed([part for part in re.split(r"[/\\]", path) if part]):
        words = _SIGNS.sub(" ", _JOINT.sub(" ", _SUFFIX.sub("", part))).strip()
        if words.casefold() not in _NO_NAMES:
            return words
    return ""
