"""What stands in front of a Markdown text about it: YAML, TOML, JSON and older forms. Pure."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from ingest.sources.details import bounded
from ingest.sources.extracted import Extracted
from ingest.sources.html import tidy_title
from ingest.sources.markdown.plain_yaml import plain_yaml
from ingest.sources.plain_text import unix_lines

# yaml is imported where it is used: most texts have none of it.

_MAX_SCAN = 100_000  # characters; what is longer is no front matter
_YAML = re.compile(r"---[ \t]*(?:ya?ml)?[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_TOML = re.compile(
    r"(?:\+\+\+|(?P<named>---[ \t]*toml))[ \t]*\n(.*?)^(?(named)---|\+\+\+)[ \t]*(?:\n|\Z)",
    re.S | re.M,
)
_JSON_FENCED = re.compile(
    r"(?:;;;|(?P<named>---[ \t]*json))[ \t]*\n(.*?)^(?(named)---|;;;)[ \t]*(?:\n|\Z)", re.S | re.M
)
_YAML_LINE = re.compile(r"[\"']?[\w.@/$ -]+[\"']?[ \t]*:(?:\s|$)|[ \t]|#|-[ \t]|[\]}]|$")
_KEY = re.compile(r"([\w.-]+)[ \t]*:[ \t]*(.*)$")
_KEY_LINE = re.compile(r"[A-Za-z][\w -]*:(?:[ \t]|$)|[ \t]+\S")
_PLAIN = re.compile(r"^([\w.-]+:[ \t]+)(?![\"'\[|>#])(?!\{[^{])(\S.*)$", re.M)
_SIGNS = frozenset("{%@`*&!")
"""What no plain value of YAML begins with."""
_OFF = re.compile(r"#[ \t]?[a-z][\w-]*[ \t]*[:=]")  # a field that is commented out
_EMPTY = ("", "{}", "{ }", "null", "~")
_LONG_KEY = re.compile(r"(?<![\w\"'.-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){50}")
_PANDOC = re.compile(r"(?:%(?: .*)?\n(?:[ \t]+\S.*\n)*){1,3}")
_NIKOLA = re.compile(r"<!--[ \t]*\n((?:\.\.[ ]+[\w-]+:(?!:).*\n)+)[ \t]*-->[ \t]*(?:\n|\Z)")
COMMENTED = re.compile(r"\.\.[ ]+([\w-]+):(?!:)[ \t]*(.*)")
"""A field of Nikola's, in a comment of reStructuredText."""
_KNOWN = {"title", "date", "author", "authors", "summary", "description", "slug", "tags"}
_BELOW = ("taxonomies", "params", "extra", "metadata", "meta", "seo", "myst")
_DESCRIPTIONS = ("description", "summary", "excerpt", "abstract")
_NULLS = ("", "~", "null", "Null", "NULL")


def part_front_matter(text: str) -> tuple[Mapping[str, Any] | None, str]:
    """The fields in front of a text and the text without them; None where there are none.

    Raises nothing: what cannot be parsed is read line by line, as far as it goes.
    """
    start = len(text) - len(text.lstrip("\ufeff \t\n"))
    head = text[start : start + _MAX_SCAN]
    if block := _YAML.match(head):
        # A document may also begin with a rule (---); then what follows is prose.
        is_flow = block[1].lstrip().startswith("{")
        if is_flow or all(map(_YAML_LINE.match, block[1].split("\n"))):
            return _parted(_yaml(block[1]), text, block, start)
    elif block := _TOML.match(head):
        return _parted(_toml(block[2]), text, block, start)
    elif block := _JSON_FENCED.match(head):
        return _parted(_json(block[2]), text, block, start)
    elif head.startswith("{"):
        return _leading_json(text, start, head)
    elif head.startswith("% ") and (block := _PANDOC.match(head)):
        return {"title": block[0].split("\n")[0][2:]}, text[start + block.end() :].lstrip("\n")
    elif block := _NIKOLA.match(head):
        said = {key: value.strip() for key, value in COMMENTED.findall(block[1])}
        return said, text[start + block.end() :].lstrip("\n")
    elif fields := _bare_fields(head):
        return fields, text[start:].partition("\n\n")[2].lstrip("\n")
    return None, text.removeprefix("\ufeff")


def front_matter(text: str) -> tuple[Extracted, str]:
    """What is said in front of a text of another kind about it, and the text itself."""
    fields, rest = part_front_matter(unix_lines(text))
    if fields is None:
        return Extracted("", ""), text
    return Extracted("", tidy_title(title_of(fields)), details_of(fields)), rest


def _parted(
    fields: Mapping[str, Any], text: str, block: re.Match[str], start: int
) -> tuple[Mapping[str, Any] | None, str]:
    lines = (line.strip() for line in block[block.lastindex or 1].split("\n"))
    # A list, a heading between rules: what has no fields is the text's own.
    if not fields and any(line not in _EMPTY and not _OFF.match(line) for line in lines):
        return None, text.removeprefix("\ufeff")
    return fields, text[start + block.end() :].lstrip("\n")


def title_of(fields: Mapping[str, Any]) -> str:
    """The title the fields give, as it is written there."""
    return _text(_find(fields, "title"))


def label_of(fields: Mapping[str, Any]) -> str:
    """What menus call the document."""
    return _text(
        _find(fields, "sidebar_label") or _find(fields, "linktitle") or _find(fields, "nav_title")
    )


def details_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """Its description, tags and slug, those that are there."""
    found = {
        "description": next(
            (text for name in _DESCRIPTIONS if (text := _text(_find(fields, name)))), ""
        ),
        "tags": ", ".join(
            dict.fromkeys(_words(_find(fields, "tags") or _find(fields, "keywords")))
        ),
        "slug": _text(_find(fields, "slug")),
    }
    return bounded(found)


def _find(fields: Mapping[str, Any], name: str) -> Any:
    for key, value in fields.items():
        if str(key).lower() == name:
            return value
    for key in _BELOW:
        inner = fields.get(key)
        holders = (inner, inner.get("html_meta")) if isinstance(inner, dict) else ()
        for holder in holders:
            for below, value in holder.items() if isinstance(holder, dict) else ():
                if str(below).lower() == name:
                    return value
    return None


def _text(value: Any) -> str:
    """A value on one line; nothing of what has parts."""
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    text = " ".join(str(value).split())
    return "" if text in _NULLS else text


def _words(value: Any) -> list[str]:
    if isinstance(value, list):
        named = (item.get("name") if isinstance(item, dict) else item for item in value)
        return [text for item in named if (text := _text(item))]
    return [text for part in _text(value).split(",") if (text := part.strip(" []'\""))]


def _yaml(block: str) -> Mapping[str, Any]:
    if (plain := plain_yaml(block)) is not None:
        return plain
    import yaml

    try:
        # Every scalar as it is written: "1.10" is a version, not a number. No tags, no objects.
        # Not its faster half in C, which a deep nest brings down.
        found = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError):
        # A colon in a title that is not quoted, a template's braces.
        try:
            found = yaml.load(_quoted(block), Loader=yaml.BaseLoader)  # noqa: S506
        except (yaml.YAMLError, ValueError, RecursionError):
            return _by_line(block)
    return found if isinstance(found, dict) else {}


def _quoted(block: str) -> str:
    """The block with such values quoted as people write without a thought of YAML's signs."""
    return _PLAIN.sub(_quoted_line, block)


def _quoted_line(line: re.Match[str]) -> str:
    value = line[2].rstrip()
    if value[0] not in _SIGNS and ": " not in value:
        return line[0]
    return line[1] + "'" + value.replace("'", "''") + "'"


def _toml(block: str) -> Mapping[str, Any]:
    try:
        if _LONG_KEY.search(block):  # each part of which the library copies for the next one
            raise RecursionError
        return tomllib.loads(block)
    except (tomllib.TOMLDecodeError, RecursionError):
        return _by_line(re.sub(r"^([\w.-]+)[ \t]*=", r"\1:", block, flags=re.M))


def _json(block: str) -> Mapping[str, Any]:
    try:
        found = json.loads(block)
    except (ValueError, RecursionError):
        return _by_line(block)
    return found if isinstance(found, dict) else {}


def _leading_json(text: str, start: int, head: str) -> tuple[Mapping[str, Any] | None, str]:
    try:
        found, end = json.JSONDecoder().raw_decode(head)
    except (ValueError, RecursionError):
        return None, text
    rest = text[start + end :]
    # Not a text that is JSON as a whole, or goes on in the same line.
    if (
        not found
        or rest[:1] not in ("\n", "")
        or not any(str(key).lower() in _KNOWN for key in found)
    ):
        return None, text
    return found, rest.lstrip("\n")


def _by_line(block: str) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for line in block.split("\n"):
        if field := _KEY.match(line):
            value = field[2].strip()
            if value[0:1] in ("'", '"') and value[-1] == value[0] and len(value) > 1:
                value = value[1:-1]
            if value[0:1] not in ("|", ">", "{", "&", "*"):
                found.setdefault(field[1], value)
    return found


def _bare_fields(head: str) -> Mapping[str, Any] | None:
    """The fields without marks of MultiMarkdown and MkDocs, up to the first blank line."""
    block, parted, _ = head.partition("\n\n")
    lines = block.rstrip("\n").split("\n")
    if (
        not parted
        or not all(map(_KEY_LINE.match, lines))
        or lines[0].partition(":")[0].lower() not in _KNOWN
    ):
        return None
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if line[0].isspace():
            found[name] += f" {line.strip()}"
            continue
        name, _, value = line.partition(":")
        name = name.strip().lower()
        found[name] = value.strip()
    return found if found.get("title") else None
