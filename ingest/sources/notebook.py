"""Jupyter notebooks: their text, their code and what it printed. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Any

from ingest.sources.extracted import Extracted
from ingest.sources.html import tidy_title
from ingest.sources.markdown.convert import extract_markdown
from ingest.sources.page_parts import part_as_text
from rag_stream.errors import SourceError
from rag_stream.text.fences import open_fence

_MOST_PRINTED = 4_000  # characters of what one cell printed
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_OBJECT = re.compile(r"<[\w.]+[^<>\n]*>|\w+\(<[^<>\n]*>\)")
"""What a program says of a thing that only a page can show."""
_NOTHING = frozenset(("remove-cell", "skip-cell"))
_NO_INPUT = frozenset(("remove-input", "remove-code"))
_NO_OUTPUT = frozenset(("remove-output", "remove-outputs"))
_TICKS = re.compile(r"`{3,}")


def extract_notebook(text: str) -> Extracted:
    """The cells in order: text as Markdown, code in fences, what was printed below it.

    Raises SourceError where it is no notebook.
    """
    try:
        notebook = json.loads(text)
        cells = _cells(notebook)
    except (ValueError, RecursionError, TypeError, AttributeError, KeyError):
        raise SourceError(
            "expected a notebook (.ipynb is JSON with cells), got something else"
        ) from None
    language = _language(notebook)
    parts: list[str] = []
    found = Extracted("", "")
    for cell in cells:
        source = _joined(cell.get("source", cell.get("input", "")))
        tags = _tags(cell)
        kind = cell.get("cell_type") if not tags & _NOTHING else ""
        if kind == "markdown":
            of_cell = extract_markdown(source)
            parts.append(of_cell.text)
            if not found.title:
                found = Extracted("", of_cell.title, of_cell.details or found.details)
        elif kind == "heading":  # of the third format
            level = cell.get("level")
            parts.append(f"{'#' * (min(level, 6) if isinstance(level, int) else 1)} {source}")
        elif kind == "raw":
            if not found.details and source.startswith("---"):
                of_cell = extract_markdown(source)
                found = Extracted("", of_cell.title or found.title, of_cell.details)
        elif kind == "code":
            if not tags & _NO_INPUT:
                parts.append(_fenced(source, language))
            if not tags & _NO_OUTPUT:
                parts += _printed(cell)
    title = _joined(_part(notebook, "metadata").get("title")) or found.title
    whole = "\n\n".join(part for part in parts if part.strip())
    return Extracted(whole, tidy_title(title), found.details)


def _cells(notebook: Any) -> list[dict[str, Any]]:
    if "worksheets" in notebook:
        cells = [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]
    else:
        cells = notebook["cells"]
    return [cell for cell in cells if isinstance(cell, dict)]


def _tags(cell: dict[str, Any]) -> frozenset[str]:
    """What says of a cell how much of it a book shows."""
    found = _part(cell, "metadata").get("tags")
    names = (tag for tag in found if isinstance(tag, str)) if isinstance(found, list) else ()
    return frozenset(name.lower().replace("_", "-") for name in names)


def _language(notebook: dict[str, Any]) -> str:
    about = _part(notebook, "metadata")
    named = _part(about, "language_info").get("name") or _part(about, "kernelspec").get("language")
    return named if isinstance(named, str) else "python"


def _part(holder: dict[str, Any], name: str) -> dict[str, Any]:
    """What is below a name, which programs also leave out, or write `null` for."""
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def _printed(cell: dict[str, Any]) -> Iterator[str]:
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            yield _shown(output)


def _shown(output: dict[str, Any]) -> str:
    """What is seen of one output: a text in a fence, or what a page would show, as Markdown."""
    data = _part(output, "data") or output
    if output.get("output_type") == "error":
        return _fenced(_cut(f"{output.get('ename', '')}: {output.get('evalue', '')}"), "")
    if markdown := _joined(data.get("text/markdown")):
        return extract_markdown(_cut(markdown)).text
    text = _joined(output.get("text") or data.get("text/plain") or "")
    html = _joined(data.get("text/html"))
    is_name = not text.strip() or _OBJECT.fullmatch(text.strip()) is not None
    if html and (is_name or "<table" in html):
        return _cut_whole(part_as_text(html))
    if any(str(name).startswith("image") or name in ("png", "svg") for name in data):
        return ""  # its text says where an object lies in memory
    return _fenced(_cut(text), "")


def _cut(text: str) -> str:
    text = _COLOURS.sub("", text).rstrip()
    if len(text) > _MOST_PRINTED:
        begun = text[:_MOST_PRINTED]
        text = (begun.rpartition("\n")[0] or begun) + "\n\u2026"
    return text


def _cut_whole(text: str) -> str:
    """The same of a text in which code may be open where it is cut."""
    cut = _cut(text)
    return f"{cut}\n{fence}" if (fence := open_fence(cut)) else cut


def _joined(source: Any) -> str:
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _fenced(code: str, language: str) -> str:
    if not code.strip():
        return ""
    longest = max((len(ticks) for ticks in _TICKS.findall(code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{code.rstrip()}\n{fence}"
