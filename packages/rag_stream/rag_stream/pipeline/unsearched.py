"""An answer that nothing is searched for: what the chat model says alone, and its status."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Any

from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig

from rag_stream.answer_piece import AnswerPiece
from rag_stream.events import Accepted, Text
from rag_stream.models.factory import ChatModel
from rag_stream.models.finish_reasons import state_of
from rag_stream.pipeline.deadlines import Deadlines
from rag_stream.pipeline.generation import ask_alone, generate
from rag_stream.pipeline.runtime import Runtime
from rag_stream.pipeline.timings import ms_since
from rag_stream.sampling import Sampling
from rag_stream.schema import Relevance, Status

_NO_SEARCH = "none"
"""The `search_type` of such an answer's status."""


class Unsearched:
    """One such answer: `said` or `generated` gives its text, and `status` how it ended."""

    def __init__(self, runtime: Runtime, run_id: Any, started: float) -> None:
        """`started`: when the question came, by `time.perf_counter`."""
        self.model: ChatModel = runtime.model
        self._runtime = runtime
        self._run_id = run_id
        self._started = started
        self._asked_at = asyncio.get_running_loop().time()
        self._end = AnswerPiece()
        self._timings: dict[str, float] = {}

    def said(self, text: str) -> Text:
        """All that is said, where there is no language model to ask."""
        self._end.finish_reason = "stop"
        self._timings["first_token"] = ms_since(self._started)
        return Text(text)

    async def generated(
        self,
        messages: list[BaseMessage],
        config: RunnableConfig | None,
        sampling: Sampling | None,
    ) -> AsyncGenerator[Text | Accepted, None]:
        """The model's answer; no callbacks without a config.

        Raises the errors of `rag_stream.errors`.
        """
        runtime, model, end = self._runtime, self.model, self._end
        await model.load()
        pieces = generate(
            partial(ask_alone, model, messages, config, sampling),
            Deadlines(runtime.limits, self._asked_at, model.name),
            model=model.name,
            reports_finish=model.reports_finish,
            retries=runtime.settings.retries,
            wire=model.wire,
        )
        has_begun = False
        async with aclosing(pieces):
            async for piece in pieces:
                if piece.text:
                    self._timings.setdefault("first_token", ms_since(self._started))
                    yield Text(piece.text)
                elif not has_begun:
                    yield Accepted()
                has_begun = True
                end.finish_reason = piece.finish_reason or end.finish_reason
                end.usage = piece.usage or end.usage
        if not has_begun:
            yield Accepted()

    def status(self, basis: str, generation: int = 0, **timings: float) -> Status:
        """How it ended; `basis`: why nothing was searched for, `generation`: of the index."""
        return Status(
            state=state_of(self._end.finish_reason),
            finish_reason=self._end.finish_reason,
            run_id=str(self._run_id),
            model=self.model.name,
            usage=self._end.usage,
            timings_ms={**timings, **self._timings, "total": ms_since(self._started)},
            index_generation=generation,
            search_type=_NO_SEARCH,
            relevance=Relevance(score=None, threshold=None, basis=basis),
        )
