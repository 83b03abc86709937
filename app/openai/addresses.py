"""Where a source can be looked at, and what it is called. The one place that answers use for it."""

from urllib.parse import quote

from langchain_core.documents import Document

from rag_stream.schema import Citation
from rag_stream.text.labels import label, name_words

_WEB = ("http://", "https://")
_MOST_TITLE = 300


class Addresses:
    """Absolute addresses of what one service answers from."""

    def __init__(self, base: str) -> None:
        """`base`: of the service, as its clients reach it."""
        self._base = base.rstrip("/")

    def of(self, document: Document, citation: Citation | None = None) -> str:
        """A page that shows the document, at the citation's quote where there is one."""
        source = str(document.metadata.get("source", ""))
        if source.lower().startswith(_WEB):
            return source
        address = f"{self._base}/sources/{quote(str(document.id or ''), safe='')}"
        if citation is None or not citation.quote:
            return address
        return f"{address}?quote={citation.quote_start},{citation.quote_end}"


def title_of(document: Document) -> str:
    """What a document is called: its title, else the name of its file or page."""
    title = label(document.metadata, "title") or name_words(label(document.metadata, "source"))
    return (title or "Source")[:_MOST_TITLE]


def place_of(document: Document) -> str:
    """The headings that it stands below, outermost first; empty where none are known."""
    return label(document.metadata, "section")[:_MOST_TITLE]
