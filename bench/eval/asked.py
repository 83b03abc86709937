"""A question put to the whole chain, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.documents import Document

from bench.eval.bed import within
from bench.eval.span import Span
from rag_stream.runnable import RagChain


@dataclass(slots=True)
class Asked:
    """The chunks of one answer, joined."""

    question: str
    documents: list[Document] = field(default_factory=list)
    answer: str = ""
    citations: list[dict[str, Any]] = field(default_factory=list)
    status: dict[str, Any] = field(default_factory=dict)

    @property
    def is_refused(self) -> bool:
        return bool(self.status["state"] == "abstained")

    def quoted(self) -> list[Span]:
        """Where the citations' quotes stand in the corpora."""
        return [
            within(self.documents[one["document"]], one["quote_start"], one["quote_end"])
            for one in self.citations
        ]


async def ask(chain: RagChain, question: str) -> Asked:
    """Ask, and read to the end. Raises RagError."""
    asked = Asked(question)
    async for chunk in chain.astream({"input": question}):
        asked.documents += chunk.get("context", ())
        asked.answer += chunk.get("answer", "")
        asked.citations += chunk.get("citations", ())
        asked.status |= chunk.get("status", {})
    return asked


async def ask_all(chain: RagChain, questions: Sequence[str]) -> list[Asked]:
    """One after the other."""
    return [await ask(chain, question) for question in questions]
