"""Sources as events of Open WebUI's, which shows them below an answer and keeps them. Pure."""

from typing import Any

from langchain_core.documents import Document

from app.openai.addresses import Addresses, title_of
from rag_stream.schema import Citation


class SourceEvents:
    """Numbers sources as Open WebUI does: `[n]` opens the n-th address that it was told."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._numbers: dict[str, int] = {}
        self._due: list[dict[str, Any]] = []

    def tell(self, document: Document, citation: Citation | None = None) -> int:
        """The number of a source, whose event is due from now on."""
        address = self._addresses.of(document, citation)
        self._due.append(_event(address, document))
        return self._numbers.setdefault(address, len(self._numbers) + 1)

    def take(self) -> list[dict[str, Any]]:
        """The events that are due: before the text that has their numbers."""
        due, self._due = self._due, []
        return due


def _event(address: str, document: Document) -> dict[str, Any]:
    name = title_of(document)
    # Its list would show the address in place of the name without `external`, and ask another
    # company for an icon of it.
    metadata = {"source": address, "name": name, "external": True}
    # No `distances`: they are shown as per cent of relevance, red below 40, which no score here is.
    data = {
        "source": {"id": address, "name": name, "url": address},
        "document": [document.page_content],
        "metadata": [metadata],
    }
    return {"type": "source", "data": data}
