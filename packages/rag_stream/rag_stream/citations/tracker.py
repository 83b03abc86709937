"""Citations of an answer, made while it streams."""

from collections.abc import Sequence
from typing import NamedTuple

from langchain_core.documents import Document

from rag_stream.citations import claims
from rag_stream.citations.address import quote_address
from rag_stream.citations.quotes import Quotes
from rag_stream.citations.scanner import Mark, MarkerScanner
from rag_stream.schema import Citation
from rag_stream.text.stand_ins import STAND_INS


class _Claim(NamedTuple):
    """A part of the answer: `text == answer[start:end]`."""

    text: str
    start: int
    end: int


class CitationTracker:
    """Turns the markers of an answer into citations of `documents`; `[1]` is the first.

    `feed` and `end` give text to hand on, which may be empty, and the citations that became
    certain, in the order of their markers. Offsets count characters of the text handed on.
    A citation whose claim follows its marker waits for the end of that sentence.
    """

    def __init__(self, documents: Sequence[Document], base: str = "") -> None:
        """`base`: of the addresses of the citations (`address.py`)."""
        self._documents = documents
        self._base = base
        texts = [document.page_content for document in documents]
        genuine = "".join(sign for sign in STAND_INS if any(sign in text for text in texts))
        self._markers = MarkerScanner(len(documents), genuine)
        self._quotes: dict[int, Quotes] = {}
        self._claim: _Claim | None = None
        # Markers that wait for the claim after them; what followed them, and from where.
        self._leading: list[int] = []
        self._following = ""
        self._start = 0
        self._has_led = False
        self.marks: Sequence[Mark] = ()
        """The markers of the text handed on last."""

    def feed(self, text: str) -> tuple[str, list[Citation]]:
        """The next piece of the model's text."""
        text, marks = self._markers.feed(text)
        self.marks = marks
        if marks or self._leading:
            return text, self._cite(text, marks, is_last=False)
        return text, []

    def end(self) -> tuple[str, list[Citation]]:
        """The model's text is over."""
        text, marks = self._markers.end()
        self.marks = marks
        return text, self._cite(text, marks, is_last=True)

    def _cite(self, text: str, marks: Sequence[Mark], is_last: bool) -> list[Citation]:
        """What `text`, handed on just now with these marks, makes certain."""
        begin = self._markers.handed_on - len(text)
        found: list[Citation] = []
        at = 0
        for mark in marks:
            found += self._follow(text[at : mark.start - begin], is_last=False)
            found += self._mark(mark)
            at = mark.end - begin
        return found + self._follow(text[at:], is_last)

    def _mark(self, mark: Mark) -> list[Citation]:
        settled: list[Citation] = []
        leads = bool(self._leading)
        if self._claim is None or not claims.joins(mark.since):
            settled = self._follow("", is_last=True)
            leads = self._has_led = claims.leads(mark.since, self._has_led)
            claim = _claim(mark.since, mark.start - len(mark.since), claims.before(mark.since))
            if claim.text or self._claim is None:
                self._claim = claim
        self._start, self._following = mark.end, ""
        if leads:
            self._leading.append(mark.number)
            return settled
        return [*settled, self._citation(mark.number, self._claim)]

    def _follow(self, text: str, is_last: bool) -> list[Citation]:
        """The citations of markers that wait, if with `text` the end of their claim is certain."""
        if not self._leading:
            return []
        self._following += text
        span = claims.after(self._following, is_last)
        if span is None:
            return []
        claim = _claim(self._following, self._start, span)
        if claim.text or self._claim is None:
            self._claim = claim
        numbers, self._leading = self._leading, []
        return [self._citation(number, self._claim) for number in numbers]

    def _citation(self, number: int, claim: _Claim) -> Citation:
        document = number - 1
        quotes = self._quotes.get(document)
        if quotes is None:
            quotes = self._quotes[document] = Quotes(self._documents[document].page_content)
        quote = quotes.best(claim.text)
        return Citation(
            marker=number,
            answer_start=claim.start,
            answer_end=claim.end,
            document=document,
            quote=quote.text,
            quote_start=quote.start,
            quote_end=quote.end,
            support=quote.support,
            url=quote_address(self._documents[document], quote.start, quote.end, self._base),
        )


def _claim(text: str, start: int, span: claims.Span) -> _Claim:
    """The part `span` of a text that begins at `start` of the answer."""
    return _Claim(text[span.start : span.end], start + span.start, start + span.end)
