"""The way of a message that only greets, thanks or takes leave: no search, and no refusal."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Any

from langchain_core.messages import HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig

from rag_stream.answer_piece import AnswerPiece
from rag_stream.conversation import Conversation
from rag_stream.events import Accepted, Cited, Event, Finished, Found, Reworded, Text
from rag_stream.pipeline.deadlines import Deadlines
from rag_stream.pipeline.generation import ask_alone, generate
from rag_stream.pipeline.history import latest, messages_of
from rag_stream.pipeline.inert_text import inert
from rag_stream.pipeline.introductions import introduction
from rag_stream.pipeline.prompt import ASKED_BY_CLIENT, SEPARATOR
from rag_stream.pipeline.reply_language import AUTO, reply_language
from rag_stream.pipeline.runtime import Runtime
from rag_stream.sampling import Sampling
from rag_stream.schema import HistoryUse, Relevance, Status
from rag_stream.text.small_talk import small_talk

NO_SEARCH = "none"
"""The `search_type` of such an answer's status."""
BASIS = "small_talk"
_INSTRUCTIONS = (
    "You answer questions from a collection of documents. The last message asks nothing of them: it"
    " greets, thanks, takes leave or asks who you are. Reply in its language in one friendly"
    " sentence, and state nothing as a fact about the documents."
)


def reply_language_of(conversation: Conversation, configured: str) -> str | None:
    """The language to reply to small talk in; None where the question is one."""
    languages = small_talk(conversation.question, goes_on=bool(conversation.history))
    if not languages:
        return None
    if configured != AUTO:
        return configured
    said = [turn.text for turn in conversation.history if turn.role == "user"]
    before = next((text for text in reversed(said) if not small_talk(text)), None)
    language = None if before is None else reply_language(before, AUTO)
    return language if language in languages else languages[0]


async def small_answer(
    runtime: Runtime,
    conversation: Conversation,
    language: str,
    run_id: Any,
    started: float,
    config: RunnableConfig | None,
    sampling: Sampling | None = None,
) -> AsyncGenerator[Event, None]:
    """The events of the reply, after `Asked`. `started`: when the question came.

    Raises the errors of `rag_stream.errors`.
    """
    history, model, end = conversation.history, runtime.model, AnswerPiece()
    given = latest(history, runtime.settings.history_tokens)
    timings = {"retrieve": 0.0}
    if history:
        yield Reworded(conversation.question, "none")
    yield Found([])
    if model.local is not None:
        end.finish_reason = "stop"
        timings["first_token"] = _ms_since(started)
        yield Text(introduction(language))
    else:
        await model.load()
        system = _INSTRUCTIONS
        if conversation.system is not None:
            system += f"{SEPARATOR}{ASKED_BY_CLIENT}{inert(conversation.system.strip())}"
        messages = [
            SystemMessage(system),
            *messages_of(given.turns, with_numbers=not runtime.settings.citations),
            HumanMessage(conversation.question),
        ]
        pieces = generate(
            partial(ask_alone, model, messages, config, sampling),
            Deadlines(runtime.limits, asyncio.get_running_loop().time(), model.name),
            model=model.name,
            reports_finish=model.reports_finish,
            retries=runtime.settings.retries,
            wire=model.wire,
        )
        has_begun = False
        async with aclosing(pieces):
            async for piece in pieces:
                if piece.text:
                    timings.setdefault("first_token", _ms_since(started))
                    yield Text(piece.text)
                elif not has_begun:
                    yield Accepted()
                has_begun = True
                end.finish_reason = piece.finish_reason or end.finish_reason
                end.usage = piece.usage or end.usage
        if not has_begun:
            yield Accepted()
    yield Cited([])
    timings["total"] = _ms_since(started)
    snapshot = runtime.index.recent()
    status = Status(
        state="truncated" if end.finish_reason in ("length", "content_filter") else "completed",
        finish_reason=end.finish_reason,
        run_id=str(run_id),
        model=model.name,
        usage=end.usage,
        timings_ms=timings,
        index_generation=0 if snapshot is None else snapshot.generation,
        search_type=NO_SEARCH,
        relevance=Relevance(score=None, threshold=None, basis=BASIS),
    )
    if history:
        status.history = HistoryUse(turns=len(given.turns), dropped=given.dropped)
    yield Finished(status)


def _ms_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
