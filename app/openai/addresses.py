"""Where a source can be looked at, and what it is called. The one place that answers use for it."""

from langchain_core.documents import Document

from rag_stream.citations.address import citation_address, document_address, is_web
from rag_stream.schema import Citation
from rag_stream.text.labels import label, name_words

_MOST_TITLE = 300


class Addresses:
    """Absolute addresses of what one service answers from."""

    def __init__(self, base: str) -> None:
        """`base`: of the service, as its clients reach it."""
        self._base = base.rstrip("/")

    def of(self, document: Document, citation: Citation | None = None) -> str:
        """A page that shows the document, at the citation's quote where there is one."""
        if citation is None:
            address = document_address(document, self._base)
        elif citation.url is not None and is_web(citation.url):
            address = citation.url  # the same, and looked for once
        else:
            address = citation_address(citation, document, self._base)
        return address or self._base  # of what is in no index there is no page


def title_of(document: Document) -> str:
    """What a document is called: its title, else the name of its file or page, else its source."""
    source = label(document.metadata, "source")
    title = label(document.metadata, "title") or name_words(source) or source
    return (title or "Source")[:_MOST_TITLE]


def place_of(document: Document) -> str:
    """The headings that it stands below, outermost first; empty where none are known."""
    return label(document.metadata, "section")[:_MOST_TITLE]
