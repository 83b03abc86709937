"""The chain: a question in, a stream of chunks out.

One generator over `prompt | model` rather than the nested runnables of
`create_retrieval_chain`, whose plumbing costs 250-340 us of CPU on every token and does
not pass a cancellation on. Joined, the chunks `input`, `context` and `answer` are what
that chain streams; `citations` and `status` follow them.
"""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from functools import partial
from typing import Any, Protocol, cast, runtime_checkable
from weakref import WeakKeyDictionary

from langchain_core.callbacks import AsyncCallbackManagerForChainRun
from langchain_core.documents import Document
from langchain_core.messages import BaseMessage, BaseMessageChunk
from langchain_core.runnables import Runnable, RunnableConfig, ensure_config
from langchain_core.runnables.config import get_async_callback_manager_for_config
from langchain_core.runnables.utils import AddableDict
from pydantic import BaseModel

from rag_stream.delta import Delta
from rag_stream.generation import generate
from rag_stream.portal import Portal
from rag_stream.retrieval import Retrieved
from rag_stream.runtime import Runtime
from rag_stream.schema import Answer, Question, parse_question
from rag_stream.settings import Settings, load_settings
from rag_stream.watch import Watch

CHAIN_NAME = "rag_stream"
_CUT_SHORT = {"length", "content_filter"}
"""Finish reasons of answers that are not whole."""


@runtime_checkable
class GroundedModel(Protocol):
    """A model that reads the documents themselves, not only the prompt made of them."""

    def with_documents(
        self, documents: list[Document], *, question_embedding: Any = None
    ) -> Runnable[Any, BaseMessageChunk]: ...


@runtime_checkable
class DirectModel(Protocol):
    """A model that can stream its answer without LangChain's messages and callbacks."""

    def deltas(self, messages: list[BaseMessage]) -> AsyncGenerator[Delta, None]: ...


class RagChain(Runnable[dict[str, Any], dict[str, Any]]):
    """Answers `{"input": question}` from the index, as a stream of dicts.

    Settings are read and connections opened on first use, once for each event loop; give
    them back with `aclose`. The synchronous methods work through an event loop in a
    thread of their own, so they may also be called where a loop is running (a notebook).
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.name = CHAIN_NAME
        self._settings = settings
        self._runtimes: WeakKeyDictionary[asyncio.AbstractEventLoop, Runtime] = WeakKeyDictionary()
        self._portal = Portal(self.aclose)

    @property
    def settings(self) -> Settings:
        """The settings in force. Raises SettingsError."""
        if self._settings is None:
            self._settings = load_settings()
        return self._settings

    def runtime(self) -> Runtime:
        """What the running event loop answers with. Raises SettingsError."""
        loop = asyncio.get_running_loop()
        runtime = self._runtimes.get(loop)
        if runtime is None:
            runtime = self._runtimes[loop] = Runtime(self.settings)
        return runtime

    async def aclose(self) -> None:
        """Close what the running event loop has opened; the chain can be used again."""
        runtime = self._runtimes.pop(asyncio.get_running_loop(), None)
        if runtime is not None:
            await runtime.aclose()

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        return Question

    def get_output_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        return Answer

    # No generator of its own around the chunks: every layer costs a microsecond a chunk.
    def astream(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The chunks `input`, `context`, `answer`..., `citations`..., `status`, as they come.

        Raises the errors of `rag_stream.errors`.
        """
        config = ensure_config(config)
        if get_async_callback_manager_for_config(config).handlers:
            return self._traced(input, config)
        # Nobody listens: no runs are opened, and nothing is put together for them.
        return self._answer(input, config.get("run_id") or uuid.uuid4(), None)

    def _traced(
        self, input: dict[str, Any], config: RunnableConfig
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The same chunks as a run of LangChain's, with its callbacks and child runs."""

        async def once() -> AsyncIterator[dict[str, Any]]:
            yield input

        async def answer(
            inputs: AsyncIterator[dict[str, Any]],
            run_manager: AsyncCallbackManagerForChainRun,
            config: RunnableConfig,
        ) -> AsyncIterator[dict[str, Any]]:
            async for value in inputs:
                async with aclosing(self._answer(value, run_manager.run_id, config)) as chunks:
                    async for chunk in chunks:
                        yield chunk

        return cast(
            AsyncGenerator[dict[str, Any], None],
            self._atransform_stream_with_config(once(), answer, config, run_type="chain"),
        )

    async def ainvoke(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """All chunks joined: input, context, answer, citations and status."""
        joined = AddableDict()
        async for chunk in self.astream(input, config):
            joined = joined + AddableDict(chunk)
        return dict(joined)

    def stream(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[dict[str, Any]]:
        yield from self._portal.iterate(self.astream(input, ensure_config(config)))

    def invoke(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        return self._portal.call(self.ainvoke(input, ensure_config(config)))

    async def _answer(
        self, input: dict[str, Any], run_id: Any, config: RunnableConfig | None
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The way of one question; without a config no callbacks are called."""
        started, asked_at = time.perf_counter(), asyncio.get_running_loop().time()
        question = parse_question(input)
        yield AddableDict(input=question)

        runtime = self.runtime()
        found = await runtime.retriever.retrieve(question, config)
        timings = {"retrieve": _ms_since(started)}
        yield AddableDict(context=found.documents)

        model = runtime.model
        await model.load()  # imported by now, but for a question asked at once
        messages = await runtime.prompt.messages(question, found.documents, config)
        answer = generate(
            partial(_ask, runtime, found, messages, config),
            Watch(runtime.limits, asked_at, model.name),
            model=model.name,
            reports_finish=model.reports_finish,
            retries=runtime.settings.retries,
        )
        end, is_accepted = Delta(), False
        async with aclosing(answer) as deltas:
            async for delta in deltas:
                if delta.text:
                    if "first_token" not in timings:
                        timings["first_token"] = _ms_since(started)
                    yield AddableDict(answer=delta.text)
                elif not is_accepted:
                    yield AddableDict(answer="")  # the model has taken the question on
                is_accepted = True
                end.finish_reason = delta.finish_reason or end.finish_reason
                end.usage = delta.usage or end.usage

        if not is_accepted:
            yield AddableDict(answer="")
        timings["total"] = _ms_since(started)
        yield AddableDict(citations=[])
        yield AddableDict(
            status={
                "state": "truncated" if end.finish_reason in _CUT_SHORT else "completed",
                "finish_reason": end.finish_reason,
                "run_id": str(run_id),
                "model": runtime.model.name,
                "usage": end.usage,
                "timings_ms": timings,
                "index_generation": found.generation,
            }
        )


def _ask(
    runtime: Runtime, found: Retrieved, messages: list[BaseMessage], config: RunnableConfig | None
) -> AsyncGenerator[Delta, None]:
    """The model's answer, once; the short way where it has one and nobody listens."""
    model = runtime.model.runnable
    if config is None and isinstance(model, DirectModel):
        return model.deltas(messages)
    if isinstance(model, GroundedModel):
        # Where both compare with the same model, the question need not be embedded again.
        vector = found.question_vector if runtime.model.shares_embedder else None
        return _from_messages(
            model.with_documents(found.documents, question_embedding=vector), messages, config
        )
    return _from_messages(model, messages, config)


async def _from_messages(
    model: Runnable[Any, Any], messages: list[BaseMessage], config: RunnableConfig | None
) -> AsyncGenerator[Delta, None]:
    pieces = cast(AsyncGenerator[BaseMessageChunk, None], model.astream(messages, config))
    async with aclosing(pieces):
        async for piece in pieces:
            usage = getattr(piece, "usage_metadata", None)
            finish_reason = piece.response_metadata.get("finish_reason")
            yield Delta(str(piece.text), finish_reason, usage)


def _ms_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)


chain = RagChain()
"""The chain of the environment's settings; see README for the variables."""
