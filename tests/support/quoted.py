"""Pages to quote, questions about them, and what an answer cites."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from langchain_core.documents import Document
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from numpy.typing import NDArray

from rag_stream.citations.tracker import CitationTracker
from rag_stream.schema import Citation

PAGES = [
    Document(
        "# The harbour\n\nThe harbour of Marlow was closed in the winter of 1901. Ships had to "
        "unload at Tern, e.g. on the north quay.\n- It opened again in May 1902.\n",
        metadata={"source": "harbour", "start_index": 0, "score": 0.8},
    ),
    Document(
        "Bread is baked from flour, water and salt. A loaf needs forty minutes in the oven.",
        metadata={"source": "bread", "start_index": 0, "score": 0.3},
    ),
]


class HashEmbedder:
    """Texts that share words are alike; remembers what it was asked, and how many texts ask."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.questions: list[int] = []

    def encode(self, texts: Sequence[str], questions: int = 0) -> NDArray[np.float32]:
        self.asked.append(list(texts))
        self.questions.append(questions)
        rows = np.full((len(texts), 64), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                digest = hashlib.sha256(word.strip("?.,").encode("utf-8", "replace")).digest()
                row[digest[0] % 64] += 1
        norms: NDArray[np.float32] = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / norms

    async def aencode(self, texts: Sequence[str], questions: int = 0) -> NDArray[np.float32]:
        return self.encode(texts, questions)


def question(text: str) -> list[BaseMessage]:
    return [SystemMessage("Answer briefly."), HumanMessage(text)]


async def stream(model: Any, messages: list[BaseMessage], **config: Any) -> list[AIMessageChunk]:
    return [chunk async for chunk in model.astream(messages, **config)]


def cited(answer: str, documents: list[Document]) -> list[Citation]:
    citations = CitationTracker(documents)
    (text, found), (rest, more) = citations.feed(answer), citations.end()
    assert text + rest == answer
    return [*found, *more]
