"""What happens to one question, as events: a closed set, in the order given here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from langchain_core.documents import Document

from rag_stream.citations.scanner import Mark
from rag_stream.schema import By, Citation, Status


@dataclass(frozen=True, slots=True)
class Asked:
    """The question has been read and is one."""

    question: str


@dataclass(frozen=True, slots=True)
class Reworded:
    """The question as it stands by itself, and whose words these are."""

    question: str
    by: By = "model"


@dataclass(frozen=True, slots=True)
class Found:
    """The documents to answer from, best first."""

    documents: list[Document]


@dataclass(frozen=True, slots=True)
class Accepted:
    """The model has taken the question on and said nothing yet; Text says it too."""


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece of the answer, never empty, and the citation markers in it, each whole."""

    text: str
    marks: Sequence[Mark] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Cited:
    """Citations that have become certain; empty, after the text, where there are none at all."""

    citations: list[Citation]


@dataclass(frozen=True, slots=True)
class Ended:
    """The answer is whole, with its citations; told only where more than `Finished` follows.

    What follows may take its time and is not of the answer: who leaves now has all of it. The
    status is the one that `Finished` tells, and is added to until then.
    """

    status: Status


@dataclass(frozen=True, slots=True)
class Suggested:
    """Questions that may be asked next, never none; after all that belongs to the answer."""

    questions: list[str]


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is over; nothing follows."""

    status: Status


Event: TypeAlias = Asked | Reworded | Found | Accepted | Text | Cited | Ended | Suggested | Finished
