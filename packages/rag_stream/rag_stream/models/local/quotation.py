"""One answer in the making: what may be quoted, and what of it is left to embed.

Pure and in two steps, so that the caller can compute the vectors in between: `prepare`, and
`answer_of` what it made.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from langchain_core.documents import Document
from langchain_core.messages import BaseMessage

from rag_stream.models.local.candidates import Candidate
from rag_stream.models.local.dont_know import dont_know
from rag_stream.models.local.ranking import MAX_DOCUMENTS, choose, shortlist
from rag_stream.models.local.wording import cited, told
from rag_stream.models.vector_cache import Vector, VectorCache

# The first word waits for the encoder, 4 to 7 ms for every 100 characters; beyond these
# bounds answers were no better.
MAX_SENTENCES = 6
MAX_CHARS = 450
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")


class Quotation(NamedTuple):
    """`missing`: the texts left to embed, first the question unless its vector is given.

    `question`: its vector; `known`: those of the texts that were embedded before.
    """

    candidates: list[Candidate]
    question: Vector | None
    known: dict[str, Vector]
    missing: list[str]
    cites: bool = False
    language: str = "en"

    @property
    def questions(self) -> int:
        """How many of the missing texts ask."""
        return int(self.question is None)


def prepare(
    messages: list[BaseMessage],
    cache: VectorCache,
    common: float,
    documents: Sequence[Document] | None = None,
    question_embedding: Sequence[float] | None = None,
    cites: bool = False,
    language: str = "en",
    asked: str | None = None,
    **_: Any,
) -> Quotation:
    """`cache`: of what was embedded before; `common`: the cosine that texts without anything in
    common have to the model. `documents`: None for those in the system message.
    `asked`: the question, where it is not the last human message."""
    said = next((str(m.text) for m in reversed(messages) if m.type == "human"), "")
    question = asked or said
    context = _from_system_message(messages) if documents is None else documents
    candidates = shortlist(question, context, MAX_SENTENCES, MAX_CHARS, common)
    if not candidates:
        return Quotation([], None, {}, [], language=language)
    texts = [candidate.plain for candidate in candidates]
    known = cache.known(texts)
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    if question_embedding is None:
        return Quotation(candidates, None, known, [question, *missing], cites, language)
    vector = np.asarray(question_embedding, np.float32)
    return Quotation(candidates, vector, known, missing, cites, language)


def answer_of(
    task: Quotation,
    fresh: Iterable[Vector],
    cache: VectorCache,
    stop: list[str] | None,
    common: float,
) -> str:
    """What is said. `fresh`: the vectors of what was missing, in order."""
    rows, question = iter(fresh), task.question
    if task.candidates:
        texts = task.missing
        if question is None:
            question, texts = next(rows), texts[1:]
        new = dict(zip(texts, rows, strict=True))
        cache.keep(new)
        known = task.known | new
        vectors = np.stack([known[candidate.plain] for candidate in task.candidates])
        chosen = choose(task.candidates, question, vectors, common)
    else:
        chosen = []
    answer = cited(chosen) if task.cites else told(chosen)
    answer = answer or dont_know(task.language)
    cuts = [at for at in (answer.find(word) for word in stop or () if word) if at >= 0]
    return answer[: min(cuts)] if cuts else answer


def _from_system_message(messages: list[BaseMessage]) -> list[Document]:
    """The paragraphs after the first blank line, as documents without scores."""
    text = next((str(m.text) for m in messages if m.type == "system"), "")
    blank = _BLANK_LINE.search(text)
    documents, start = [], blank.end() if blank else len(text)
    # No paragraph beyond the last document that counts: the last one holds the rest.
    for paragraph in _BLANK_LINE.split(text[start:], maxsplit=MAX_DOCUMENTS - 1):
        start = text.index(paragraph, start)
        metadata = {"source": "context", "start_index": start}
        documents.append(Document(page_content=paragraph, metadata=metadata))
        start += len(paragraph)
    return documents
