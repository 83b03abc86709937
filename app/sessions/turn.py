"""A turn of a session: a question, what became of it, and where its answer is from. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.documents import Document

from rag_stream.conversation import Turn
from rag_stream.messages import beginning
from rag_stream.schema import Citation

RUNNING = "running"
FAILED = "failed"
STOPPED = "stopped"
"""By somebody, or its client has left."""
LOST = "run_lost"
"""The code of a turn whose worker has died."""
UNANSWERED = (RUNNING, FAILED, STOPPED)
"""All other states are those of an answer's status."""
_QUOTES = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a turn ended; `code` of the error that it failed with, `answer` as far as it came."""

    state: str
    answer: str = ""
    sources: list[dict[str, Any]] = field(default_factory=list)
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A turn that has begun: its number in its session, and what was said before it."""

    number: int
    history: tuple[Turn, ...]


def said(turns: Sequence[Any]) -> tuple[Turn, ...]:
    """What the model is told of turns, oldest first; a part of an answer is none.

    Each has `question`, `answer` and `state`.
    """
    told: list[Turn] = []
    for turn in turns:
        told.append(Turn("user", turn.question))
        if turn.state not in UNANSWERED and turn.answer.strip():
            told.append(Turn("assistant", beginning(turn.answer)))
    return tuple(told)


def storable(text: str) -> str:
    """The text without what a database refuses: PostgreSQL a NUL, both a half of a pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def sources_of(
    documents: Sequence[Document], citations: Sequence[Citation]
) -> list[dict[str, Any]]:
    """What an answer cites, each document once, by its first citation.

    `number` is its marker in the answer.
    """
    cited: dict[int, dict[str, Any]] = {}
    for citation in citations:
        number = citation.document
        if number not in cited:
            metadata = documents[number].metadata
            named = ("source", "title", "section", "page", "chunk_id")
            known = {name: metadata[name] for name in named if metadata.get(name) is not None}
            cited[number] = {"number": number + 1, **known, "quotes": []}
        quotes = cited[number]["quotes"]
        if citation.quote not in quotes and len(quotes) < _QUOTES:
            quotes.append(citation.quote)
    return list(cited.values())
