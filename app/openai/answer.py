"""One answer as a client of OpenAI's API gets it: its text, its sources, how it ended. Pure."""

from collections.abc import Sequence
from typing import Any

from langchain_core.documents import Document

from app.openai import source_list
from app.openai.addresses import Addresses, place_of, title_of
from app.openai.markers import Markers
from app.openai.request import Asked
from app.openai.source_events import SourceEvents
from rag_stream import events
from rag_stream.chunks import chunk_of
from rag_stream.events import Accepted, Cited, Ended, Event, Finished, Found, Text
from rag_stream.pipeline.refusals import REFUSALS
from rag_stream.pipeline.reply_language import reply_language
from rag_stream.schema import Citation, Status
from rag_stream.text.language import LANGUAGE

_REASONS = frozenset({"stop", "length", "content_filter"})
_MOST_SNIPPET = 300


class Answer:
    """Told of a run's events in their order; `text_of` gives what to send for one."""

    def __init__(self, asked: Asked, addresses: Addresses, language: str) -> None:
        """`language`: the configured one to answer in, or `auto`."""
        self._asked = asked
        self._addresses = addresses
        self._language = language
        self._is_markdown = asked.style == "markdown"
        self._source_events = SourceEvents(addresses) if asked.style == "openwebui" else None
        # A link leads to the quote, which is told right after the marker.
        self._holds = self._is_markdown or (
            self._source_events is not None and asked.listed == "cited"
        )
        self.documents: list[Document] = []
        self.citations: list[Citation] = []
        self.markers = Markers()
        self.is_refusal = False
        self._has_begun = False
        self.status: Status | None = None
        self._held: Text | None = None
        self._more: dict[str, Any] = {}
        self._is_whole = False

    def text_of(self, event: Event) -> str:
        """What to send now of the answer's text; mostly that of the event."""
        match event:
            case Text(text, marks):
                sent = "" if self._held is None else self._release()
                if not marks:
                    self.markers.passes(text)
                    return sent + text
                if not self._holds:
                    return sent + self.markers.rewrite(text, marks)
                self._held = event
                return sent
            case Cited(citations):
                self.citations += citations
                return self._release(citations)
            case Ended():
                return self._rest()
            case Finished(status):
                self.status = status
                return self._rest()
            case Found(documents):
                self._found(documents)
            case Accepted() | events.Asked():
                pass
            case _:
                self._more |= chunk_of(event)
        return ""

    def ignore(self, names: Sequence[str]) -> None:
        """Say that these fields of the request have changed nothing."""
        if names:
            self._more["ignored"] = list(names)

    def begins(self, event: Event) -> bool:
        """Whether with this event it is certain that the model answers, or that nobody does."""
        self.is_refusal = type(event) is Text and event.text in REFUSALS
        self._has_begun = type(event) is Text or type(event) is Accepted
        return self._has_begun

    def take_source_events(self) -> list[dict[str, Any]]:
        """Those to send before what `text_of` gave last; only for Open WebUI, once it begins."""
        if self._source_events is None or self.is_refusal or not self._has_begun:
            return []
        return self._source_events.take()

    @property
    def annotations(self) -> list[dict[str, Any]]:
        """The citations; of each source the first before all that come again."""
        if self._asked.style != "annotations":
            return []
        first: dict[int, dict[str, Any]] = {}
        again = []
        for citation in self.citations:
            annotation = self._annotation(citation.document, citation)
            if citation.document in first:
                again.append(annotation)
            else:
                first[citation.document] = annotation
        listed = [first.get(number) or self._annotation(number) for number in self._listed()]
        return listed + again

    @property
    def listing(self) -> dict[str, Any]:
        """The listed sources as Perplexity's API tells them; nothing for other styles."""
        listed = [self.documents[number] for number in self._listed()]
        if self._asked.style != "annotations" or not listed:
            return {}
        results = [
            {
                "title": title_of(document),
                "url": self._addresses.of(document),
                "snippet": document.page_content[:_MOST_SNIPPET],
            }
            for document in listed
        ]
        return {"citations": [result["url"] for result in results], "search_results": results}

    @property
    def is_listed_before(self) -> bool:
        """Whether which sources are listed is known before the text."""
        return self._asked.listed == "all" and not self.is_refusal

    @property
    def rag(self) -> dict[str, Any]:
        """All that the service knows of the answer; offsets and markers as they were sent."""
        assert self.status is not None  # noqa: S101 - asked for at the end
        status = self.status.model_dump(exclude_unset=True)
        citations = [
            {
                **citation.model_dump(),
                "marker": self.markers.numbers.get(citation.document, citation.marker),
                "answer_start": self.markers.sent(citation.answer_start),
                "answer_end": self.markers.sent(citation.answer_end),
                "url": self._addresses.of(self.documents[citation.document], citation),
            }
            for citation in self.citations
        ]
        return {
            "context": self.documents,
            "citations": citations,
            "status": status,
            **self._more,
        }

    @property
    def finish_reason(self) -> str:
        reason = self.status.finish_reason if self.status is not None else None
        return reason if reason in _REASONS else "stop"

    @property
    def usage(self) -> dict[str, Any] | None:
        """In the words of OpenAI's API; None where a model was asked and has not said it."""
        status = self.status
        assert status is not None  # noqa: S101 - asked for at the end
        used = status.usage
        if not used:
            is_free = status.state == "abstained" or status.model.startswith("local:")
            if not is_free:
                return None
            used = {}
        read, said = used.get("input_tokens", 0), used.get("output_tokens", 0)
        usage: dict[str, Any] = {
            "prompt_tokens": read,
            "completion_tokens": said,
            "total_tokens": used.get("total_tokens", read + said),
        }
        cached = (used.get("input_token_details") or {}).get("cache_read")
        thought = (used.get("output_token_details") or {}).get("reasoning")
        if cached is not None:
            usage["prompt_tokens_details"] = {"cached_tokens": cached}
        if thought is not None:
            usage["completion_tokens_details"] = {"reasoning_tokens": thought}
        return usage

    def _found(self, documents: list[Document]) -> None:
        self.documents = documents
        if self._asked.listed != "all":
            return
        if self._source_events is None:
            numbers = [*range(1, len(documents) + 1)]
        else:
            numbers = [self._source_events.tell(document) for document in documents]
        self.markers = Markers(dict(enumerate(numbers)))

    def _listed(self) -> Sequence[int]:
        """The documents to list, in the order of their numbers."""
        if self.status is not None and self.status.state == "abstained":
            return ()
        return sorted(self.markers.numbers, key=self.markers.numbers.__getitem__)

    def _annotation(self, document: int, citation: Citation | None = None) -> dict[str, Any]:
        source, end = self.documents[document], self.markers.size
        told: dict[str, Any] = {
            "url": self._addresses.of(source, citation),
            "title": title_of(source),
            "start_index": end,
            "end_index": end,
        }
        if citation is not None:
            told["start_index"] = self.markers.sent(citation.answer_start)
            told["end_index"] = self.markers.sent(citation.answer_end)
            told["quote"] = citation.quote
            told["source_start"] = citation.quote_start
            told["source_end"] = citation.quote_end
        return {"type": "url_citation", "url_citation": told}

    def _release(self, citations: Sequence[Citation] = ()) -> str:
        """The text that was held back, with its markers as they are sent."""
        held, self._held = self._held, None
        if held is None:
            return ""
        quotes = {citation.document: citation for citation in reversed(citations)}
        if self._source_events is not None:
            for document in [mark.number - 1 for mark in held.marks]:
                if document not in self.markers.numbers:
                    source, quote = self.documents[document], quotes.get(document)
                    self.markers.numbers[document] = self._source_events.tell(source, quote)
            return self.markers.rewrite(held.text, held.marks)

        def write(number: int, document: int) -> str:
            address = self._addresses.of(self.documents[document], quotes.get(document))
            return source_list.numbered(number, address)

        return self.markers.rewrite(held.text, held.marks, write)

    def _rest(self) -> str:
        """What is to be sent yet of the text, once."""
        if self._is_whole:
            return ""
        self._is_whole = True
        return self._release() + self._list()

    def _list(self) -> str:
        if not self._is_markdown:
            return ""
        cited = {citation.document: citation for citation in reversed(self.citations)}
        entries = [
            (
                self.markers.numbers[number],
                _name(self.documents[number]),
                self._addresses.of(self.documents[number], cited.get(number)),
            )
            for number in self._listed()
        ]
        question = self._asked.conversation.question
        spoken = (document.metadata.get(LANGUAGE) for document in self.documents)
        return source_list.source_list(entries, reply_language(question, self._language, spoken))


def _name(document: Document) -> str:
    title, place = title_of(document), place_of(document)
    return f"{title}, {place}" if place and place != title else title
