"""The parts of a UI message stream, as its clients read them; each is one event.

https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol
"""

from collections.abc import Sequence
from typing import Any

from langchain_core.documents import Document

from app.streaming.sse import dumps
from rag_stream.citations.address import document_address, original_of
from rag_stream.schema import Citation
from rag_stream.text.labels import heading_path, label

HEADER = (b"x-vercel-ai-ui-message-stream", b"v1")
DONE = b"data: [DONE]\n\n"
TEXT = "0"
"""The id of the one text that an answer has."""
_DELTA = b'data: {"type":"text-delta","id":"0","delta":'
_FINISH_REASONS = {"stop": "stop", "length": "length", "content_filter": "content-filter"}
_MEDIA_TYPES = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "htm": "text/html",
    "json": "application/json",
    "md": "text/markdown",
    "markdown": "text/markdown",
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "rst": "text/x-rst",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def part(kind: str, **fields: Any) -> bytes:
    """One part; fields that are None are left out."""
    given = {name: value for name, value in fields.items() if value is not None}
    return b"data: " + dumps({"type": kind, **given}) + b"\n\n"


def text_delta(text: str) -> bytes:
    """More of the text. What it costs, it costs for each token: the rest is made beforehand."""
    return _DELTA + dumps(text) + b"}\n\n"


def finish_reason(of_model: str | None, state: str) -> str:
    """Why an answer ended, in the client's words, which must be one of its own."""
    if of_model is None:
        return "other" if state == "truncated" else "stop"
    return _FINISH_REASONS.get(of_model, "other")


class Sources:
    """The sources of one answer: a part for each passage, so that `[2]` is the second of them.

    Two passages of one page are two sources, each with an id of its own.
    """

    def __init__(self, documents: Sequence[Document], base: str = "") -> None:
        """`base`: what the service's own addresses begin with."""
        self._documents = documents
        self._base = base
        self._ids: list[str] = []
        for number, document in enumerate(documents, 1):
            given = str(document.metadata.get("chunk_id") or document.id or f"source-{number}")
            self._ids.append(f"{given}-{number}" if given in self._ids else given)

    def parts(self) -> list[bytes]:
        """All of them, in the order of their markers."""
        numbered = enumerate(self._documents, 1)
        return [self._part(document, number) for number, document in numbered]

    def citation(self, citation: Citation, number: int) -> bytes:
        """The part for a citation, `number` of the message's."""
        data = {"sourceId": self._ids[citation.document], **citation.model_dump()}
        return part("data-citation", id=f"citation-{number}", data=data)

    def _part(self, document: Document, number: int) -> bytes:
        source = label(document.metadata, "source")
        title = heading_path(document.metadata) or source or "Source"
        address = document_address(document, self._base)
        about = {"rag": {"marker": number, **({"url": address} if address else {})}}
        if original_of(document.metadata) is not None:
            return part(
                "source-url",
                sourceId=self._ids[number - 1],
                url=address,
                title=title,
                providerMetadata=about,
            )
        name = source.replace("\\", "/").rstrip("/").rpartition("/")[2]
        return part(
            "source-document",
            sourceId=self._ids[number - 1],
            mediaType=_MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "text/plain"),
            title=title,
            filename=name or None,
            providerMetadata=about,
        )
