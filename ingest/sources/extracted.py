"""What is indexed of a document."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rag_stream.errors import SourceError


class EmptyError(SourceError):
    """The document is whole and has no text: front matter alone, a page of pictures."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document's text, what it is called, and what it says of itself.

    All may be empty: no text, no title found. The text is Markdown of a plain kind: headings
    as `#` lines, code in fences, tables with pipes.
    """

    text: str
    title: str
    details: Mapping[str, str] = field(default_factory=dict)
    """Of `description`, `tags` (joined by commas) and `slug` those that are known."""
    includes: tuple[str, ...] = ()
    """Files whose text its readers see in it, named there and not read."""
    note: str = ""
    """What is to be said of how it was read."""
    ends: tuple[str, ...] | None = None
    """Where they were wanted, what other pages may have at their ends, too (`repeats.py`)."""
