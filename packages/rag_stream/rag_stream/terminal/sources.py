"""The sources of an answer as lines: a number, a title and the place in it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.documents import Document

from rag_stream.excerpts import printable
from rag_stream.schema import Citation
from rag_stream.text.labels import label

_MOST_CHARS = 200


@dataclass(frozen=True, slots=True)
class SourceLine:
    """`number`: as a marker in the answer has it. `place`: file or address, section and page."""

    number: int
    title: str
    place: str

    def __str__(self) -> str:
        return f"[{self.number}] {self.title}" + (f" ({self.place})" if self.place else "")


def cited(documents: Sequence[Document], citations: Sequence[Citation]) -> list[SourceLine]:
    """Each cited document once, by the number of its marker."""
    numbers = {citation.document: citation.marker for citation in citations}
    return sorted(
        (_line(number, documents[place]) for place, number in numbers.items()),
        key=lambda line: line.number,
    )


def found(documents: Sequence[Document]) -> list[SourceLine]:
    """Each place once, best first, by the number of its best document."""
    lines: dict[tuple[str, str], SourceLine] = {}
    for number, document in enumerate(documents, 1):
        line = _line(number, document)
        lines.setdefault((line.title, line.place), line)
    return list(lines.values())


def _line(number: int, document: Document) -> SourceLine:
    source = label(document.metadata, "source")
    title = label(document.metadata, "title") or source
    section = label(document.metadata, "section")
    parts = (source if source != title else "", section if section != title else "")
    place = [*filter(None, parts), *_page(document)]
    return SourceLine(number, _short(title), ", ".join(map(_short, place)))


def _page(document: Document) -> list[str]:
    """Of a document with pages: as it is printed there, or else counted."""
    page = document.metadata.get("page_label", document.metadata.get("page"))
    return [f"page {page}"] if isinstance(page, int | str) and str(page).strip() else []


def _short(text: str) -> str:
    return printable(text, _MOST_CHARS)
