"""Answers made up from the documents, good and bad, by a model that can be swapped in."""

import random
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable

from rag_stream.text.sentences import split_sentences

NAME = "scripted"
KINDS = ("quoted", "fewer words", "another source", "no such source")
_SHORTEST = 40
_SENTENCES = 5
_LONGEST_PIECE = 9
_DROPPED = 4
"""Of the words of a quoted sentence, every so many is left out."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer: its words, its marker, and of which kind it is."""

    kind: str
    text: str
    marker: int


def script(question: str, documents: Sequence[Document]) -> list[Statement]:
    """What the model says to a question: always the same to the same documents."""
    rng = random.Random(question)
    known = [
        (number, " ".join(text.split()))
        for number, document in enumerate(documents, start=1)
        for text, _, _, opens, closes in split_sentences(document.page_content)
        if opens and closes and len(text) >= _SHORTEST and "[" not in text and "`" not in text
    ]
    said = []
    for number, text in rng.sample(known, min(_SENTENCES, len(known))):
        kind = rng.choice(KINDS)
        marker = number
        if kind == "fewer words":
            words = text.split()
            text = " ".join(word for at, word in enumerate(words, 1) if at % _DROPPED)
        elif kind == "another source":
            marker = rng.choice([n for n in range(1, len(documents) + 1) if n != number] or [1])
        elif kind == "no such source":
            marker = rng.choice([0, len(documents) + 1, len(documents) + 90, 12_345])
        said.append(Statement(kind, text.rstrip(".!?"), marker))
    return said


def pieces(question: str, said: Sequence[Statement]) -> Iterator[str]:
    """The answer in pieces that end anywhere, within markers too."""
    rng = random.Random(f"pieces of {question}")
    text = " ".join(f"{one.text} [{one.marker}]." for one in said)
    at = 0
    while at < len(text):
        end = at + rng.randint(1, _LONGEST_PIECE)
        yield text[at:end]
        at = end


class ScriptedModel(BaseChatModel):
    """Says the script of the documents that it is given with the call."""

    def with_documents(
        self, documents: Sequence[Document], **_: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """This model bound to documents, as the chain hands them on."""
        return self.bind(documents=list(documents))

    @property
    def _llm_type(self) -> str:
        return NAME

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for piece in self._pieces(messages, kwargs["documents"]):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        yield ChatGenerationChunk(message=AIMessageChunk(content="", chunk_position="last"))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = "".join(self._pieces(messages, kwargs["documents"]))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])

    def _pieces(self, messages: list[BaseMessage], documents: Sequence[Document]) -> Iterator[str]:
        question = str(messages[-1].text)
        return pieces(question, script(question, documents))
