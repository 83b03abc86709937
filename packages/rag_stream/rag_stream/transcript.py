"""What an answer's events have told so far, put together. Pure."""

from dataclasses import dataclass, field

from langchain_core.documents import Document

from rag_stream.events import Asked, Cited, Ended, Event, Finished, Found, Suggested, Text
from rag_stream.schema import Citation, Status


@dataclass(slots=True)
class Transcript:
    """One answer's; what has not come yet is empty, and `status` None until it is whole."""

    question: str = ""
    documents: list[Document] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    status: Status | None = None
    _texts: list[str] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Add what an event tells."""
        match event:
            case Text(text):
                self._texts.append(text)
            case Asked(question):
                self.question = question
            case Found(documents):
                self.documents = documents
            case Cited(citations):
                self.citations += citations
            case Suggested(questions):
                self.suggestions = questions
            case Ended(status) | Finished(status):
                self.status = status
            case _:
                pass

    @property
    def text(self) -> str:
        """The answer's text."""
        return "".join(self._texts)
