"""What the tools of the protocol do: plain calls with plain results, without the library.

`search` and `fetch` are what ChatGPT's connectors look for, in just their shapes.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from langchain_core.documents import Document

from app.errors import SourceNotFoundError
from app.sessions.config_keys import CALLER, SESSION, session_id_of
from app.sources.excerpt import excerpt
from app.sources.passage import title_of
from rag_stream.citations.address import (
    citation_address,
    document_address,
    id_of,
    original_of,
    page_address,
)
from rag_stream.conversation import Conversation
from rag_stream.errors import InvalidInputError
from rag_stream.events import Found, Text
from rag_stream.excerpts import shown
from rag_stream.index.documents import around
from rag_stream.index.generation import describe
from rag_stream.runnable import RagChain
from rag_stream.schema import MAX_QUESTION_CHARS
from rag_stream.text.labels import heading_path
from rag_stream.transcript import Transcript

MOST_CHARS = 40_000
"""Of a document that `fetch` gives."""
PROGRESS_S = 0.1
"""Between two words of how far an answer is; what comes in between is told together."""

Report = Callable[[float, str], Awaitable[None]]
"""Tells how many characters of the answer there are, and the newest of them."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool: by whom, as which run, and what addresses begin with."""

    chain: RagChain
    caller: str
    run_id: Any
    base: str
    report: Report

    def config(self, **chosen: Any) -> dict[str, Any]:
        """The config of its run."""
        return {"run_id": self.run_id, "configurable": {**chosen, CALLER: self.caller}}


async def search(call: Call, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """`query` -> {results: [{id, title, url}]}, best first."""
    query = text_of(arguments, "query")
    documents: list[Document] = []
    events = call.chain.events(Conversation(query).as_input(), call.config())  # type: ignore[arg-type]
    async with aclosing(events) as happening:
        async for event in happening:
            if isinstance(event, Found):
                documents = event.documents
                break
    return {"results": [_named(document, call.base) for document in documents]}


async def fetch(call: Call, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """`id` of a search's result -> {id, title, text, url, metadata}."""
    id = text_of(arguments, "id")
    found = await around(call.chain.runtime().index, id, MOST_CHARS) if id.isprintable() else None
    if found is None:
        raise SourceNotFoundError(f"id: expected one that `search` gave, got {shown(id)}")
    metadata = dict(sorted(describe(found.chunk).items()))
    place = {"part": f"{found.number} of {found.count}"}
    beside = {"previous_id": found.before, "next_id": found.after}
    return {
        "id": id,
        "title": title_of(metadata),
        "text": excerpt(found).text,
        "url": original_of(metadata) or page_address(id, call.base),
        "metadata": metadata | place | {name: other for name, other in beside.items() if other},
    }


async def ask(call: Call, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """`question`, perhaps `session_id` -> {answer, citations, sources, status}, and `suggestions`
    where there are any."""
    question = text_of(arguments, "question")
    chosen = {}
    if arguments.get(SESSION) is not None:
        chosen[SESSION] = session_id_of(arguments[SESSION], SESSION)
    told, size, untold, told_at = Transcript(), 0, "", 0.0
    config: Any = call.config(**chosen)
    async with aclosing(call.chain.events(Conversation(question).as_input(), config)) as happening:
        async for event in happening:
            told.take(event)
            match event:
                case Found(documents):
                    await call.report(0, f"{len(documents)} sources found")
                case Text(text):
                    size, untold = size + len(text), untold + text
                    if time.monotonic() - told_at >= PROGRESS_S:
                        await call.report(size, untold)
                        untold, told_at = "", time.monotonic()
    if untold:
        await call.report(size, untold)
    return _answer(told, call.base)


def _answer(told: Transcript, base: str) -> dict[str, Any]:
    documents, cited = told.documents, {citation.document for citation in told.citations}
    citations = [
        {**one.model_dump(), "url": citation_address(one, documents[one.document], base)}
        for one in told.citations
    ]
    sources = [
        {"number": place + 1, **_named(document, base), "cited": place in cited}
        for place, document in enumerate(documents)
    ]
    status = {} if told.status is None else told.status.model_dump(exclude_unset=True)
    answer = {"answer": told.text, "citations": citations, "sources": sources, "status": status}
    return answer | ({"suggestions": told.suggestions} if told.suggestions else {})


def text_of(arguments: Mapping[str, Any], name: str) -> str:
    """An argument that has to be there. Raises InvalidInputError."""
    value = arguments.get(name)
    if not isinstance(value, str) or not value.strip():
        got = shown(value) if name in arguments else "nothing"
        raise InvalidInputError(f"{name}: expected text, got {got}")
    if len(value) > MAX_QUESTION_CHARS:
        raise InvalidInputError(
            f"{name}: expected at most {MAX_QUESTION_CHARS} characters, got {len(value)}"
        )
    return value


def _named(document: Document, base: str) -> dict[str, Any]:
    return {
        "id": id_of(document),
        # A dozen passages of one document are told apart by the headings above them.
        "title": heading_path(document.metadata) or title_of(document.metadata),
        "url": document_address(document, base),
    }
