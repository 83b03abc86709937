"""An answer of the chat model alone: nothing is searched for, and no prompt of ours is added.

For what programs ask beside a conversation, such as a title for it.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from functools import partial
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig

from rag_stream.answer_piece import AnswerPiece
from rag_stream.conversation import Conversation
from rag_stream.events import Accepted, Event, Finished, Text
from rag_stream.models.local.side_tasks import answer_without_model
from rag_stream.pipeline.deadlines import Deadlines
from rag_stream.pipeline.generation import ask_alone, generate
from rag_stream.pipeline.runtime import Runtime
from rag_stream.sampling import sampling_of
from rag_stream.schema import Relevance, Status

NO_SEARCH = "none"
"""The `search_type` of such an answer's status."""
_UNSEARCHED = Relevance(score=None, threshold=None, basis="off")


async def bare_answer(
    opened: Callable[[], Runtime],
    conversation: Conversation,
    chosen: Mapping[str, Any],
    run_id: Any,
    config: RunnableConfig | None,
) -> AsyncGenerator[Event, None]:
    """The events of one answer: of its text and its end. No callbacks without a config.

    Where no language model is configured, it is what can be said without one. Raises the errors
    of `rag_stream.errors`.
    """
    started, asked_at = time.perf_counter(), asyncio.get_running_loop().time()
    runtime = opened()
    model, end = runtime.model, AnswerPiece()
    timings: dict[str, float] = {}
    if model.local is not None:
        end.finish_reason = "stop"
        yield Text(answer_without_model(conversation.question))
    else:
        await model.load()
        pieces = generate(
            partial(ask_alone, model, _messages(conversation), config, sampling_of(chosen)),
            Deadlines(runtime.limits, asked_at, model.name),
            model=model.name,
            reports_finish=model.reports_finish,
            retries=runtime.settings.retries,
            wire=model.wire,
        )
        async with aclosing(pieces):
            async for piece in pieces:
                if piece.text:
                    timings.setdefault("first_token", _ms_since(started))
                yield Text(piece.text) if piece.text else Accepted()
                end.finish_reason = piece.finish_reason or end.finish_reason
                end.usage = piece.usage or end.usage
    timings["total"] = _ms_since(started)
    yield Finished(
        Status(
            state="truncated" if end.finish_reason == "length" else "completed",
            finish_reason=end.finish_reason,
            run_id=str(run_id),
            model=model.name,
            usage=end.usage,
            timings_ms=timings,
            index_generation=0,
            search_type=NO_SEARCH,
            relevance=_UNSEARCHED,
        )
    )


def _messages(conversation: Conversation) -> list[BaseMessage]:
    messages: list[BaseMessage] = []
    if conversation.system is not None:
        messages.append(SystemMessage(conversation.system))
    for turn in conversation.history:
        messages.append((HumanMessage if turn.role == "user" else AIMessage)(turn.text))
    return [*messages, HumanMessage(conversation.question)]


def _ms_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
