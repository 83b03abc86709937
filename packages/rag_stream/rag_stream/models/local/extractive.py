"""The answerer that needs no language model: it quotes what it was given."""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.base import LangSmithParams
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, PrivateAttr, SkipValidation

from rag_stream.models.local.quotation import answer_of, prepare
from rag_stream.models.vector_cache import VectorCache
from rag_stream.settings import LOCAL_CHAT

_CACHED_VECTORS = 20_000
_PIECE = re.compile(r"\S+\s*|\s+")


class TextEncoder(Protocol):
    """What turns texts into float32 vectors [n, d] of length one; `aencode` off the loop.

    The first `questions` of the texts ask, the others say. It may have a `common_cosine`: that of
    texts with nothing in common, where it is far from 0.
    """

    def encode(self, texts: list[str], questions: int = 0) -> NDArray[np.float32]: ...

    async def aencode(self, texts: list[str], questions: int = 0) -> NDArray[np.float32]: ...


class ExtractiveChatModel(BaseChatModel):
    """Answers with up to three sentences quoted verbatim from the documents it is given, or with
    rows of tables, cell by cell with the names of the columns, or blocks of code.

    The documents come with the call (`with_documents`), else from the system message: what
    follows its first blank line. The question is the last human message. Where nothing
    fits it says that it does not know. Asked to cite, it puts the number of its document after
    each sentence ("Sentence. [2]"), and leaves out what else would look like such a number.
    Errors are those of the embedder.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    # What traces, events and the playground call its runs.
    name: str | None = LOCAL_CHAT
    embedder: SkipValidation[TextEncoder] = Field(repr=False)
    # An answer depends on the documents, which a prompt cache would not look at.
    cache: bool | None = False
    _vectors: VectorCache = PrivateAttr(default_factory=lambda: VectorCache(_CACHED_VECTORS))

    def with_documents(
        self,
        documents: Sequence[Document],
        question_embedding: Sequence[float] | None = None,
        cites: bool = False,
        language: str = "en",
        asked: str | None = None,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """This model bound to the documents to quote from, best first; `[1]` cites the first.

        `question_embedding` saves embedding the question again: it must come from the same
        model as `embedder`. `language`: in which it says that it does not know. `asked`: the
        question with what it leaves to what was said before it, where there is more than the
        last human message says.
        """
        given = {"question_embedding": question_embedding, "cites": cites, "language": language}
        given["asked"] = asked
        return self.bind(documents=list(documents), **given)

    @property
    def model_name(self) -> str:
        """The name that status, traces and the response's metadata show."""
        return LOCAL_CHAT

    @property
    def _llm_type(self) -> str:
        return LOCAL_CHAT

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": LOCAL_CHAT}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        params = LangSmithParams(
            ls_provider="local", ls_model_name=LOCAL_CHAT, ls_model_type="chat"
        )
        if stop:
            params["ls_stop"] = stop
        return params

    def _get_invocation_params(
        self, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        # Traces have the documents from the retriever, and no use for 384 numbers.
        kwargs.pop("documents", None)
        kwargs.pop("question_embedding", None)
        kwargs.pop("cites", None)
        kwargs.pop("language", None)
        kwargs.pop("asked", None)
        return super()._get_invocation_params(stop=stop, **kwargs)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return _result(await self._aanswer(messages, stop, **kwargs))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in _chunks(await self._aanswer(messages, stop, **kwargs)):
            yield chunk

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return _result(self._answer(messages, stop, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        yield from _chunks(self._answer(messages, stop, **kwargs))

    async def _aanswer(
        self, messages: list[BaseMessage], stop: list[str] | None, **given: Any
    ) -> str:
        task = prepare(messages, self._vectors, self._common, **given)
        encode = self.embedder.aencode
        fresh = await encode(task.missing, task.questions) if task.missing else ()
        return answer_of(task, fresh, self._vectors, stop, self._common)

    def _answer(self, messages: list[BaseMessage], stop: list[str] | None, **given: Any) -> str:
        task = prepare(messages, self._vectors, self._common, **given)
        encode = self.embedder.encode
        fresh = encode(task.missing, task.questions) if task.missing else ()
        return answer_of(task, fresh, self._vectors, stop, self._common)

    @property
    def _common(self) -> float:
        return float(getattr(self.embedder, "common_cosine", 0.0))


def _metadata() -> dict[str, Any]:
    return {"model_name": LOCAL_CHAT, "finish_reason": "stop"}


def _result(answer: str) -> ChatResult:
    message = AIMessage(content=answer, response_metadata=_metadata())
    return ChatResult(generations=[ChatGeneration(message=message)])


def _chunks(answer: str) -> Iterator[ChatGenerationChunk]:
    """Word after word; the last chunk says why the answer ends."""
    for piece in _PIECE.findall(answer):
        yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
    last = AIMessageChunk(content="", response_metadata=_metadata(), chunk_position="last")
    yield ChatGenerationChunk(message=last)
