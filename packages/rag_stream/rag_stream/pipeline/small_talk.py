"""The way of a message that only greets, thanks or takes leave: no search, and no refusal."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from langchain_core.messages import HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig

from rag_stream.conversation import Conversation
from rag_stream.events import Cited, Event, Finished, Found, Reworded
from rag_stream.pipeline.history import latest, messages_of
from rag_stream.pipeline.inert_text import inert
from rag_stream.pipeline.introductions import introduction
from rag_stream.pipeline.prompt import ASKED_BY_CLIENT, SEPARATOR
from rag_stream.pipeline.reply_language import AUTO, reply_language
from rag_stream.pipeline.runtime import Runtime
from rag_stream.pipeline.unsearched import Unsearched
from rag_stream.sampling import Sampling
from rag_stream.schema import HistoryUse
from rag_stream.text.small_talk import small_talk

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
    history, answer = conversation.history, Unsearched(runtime, run_id, started)
    given = latest(history, runtime.settings.history_tokens)
    if history:
        yield Reworded(conversation.question, "none")
    yield Found([])
    if answer.model.local is not None:
        yield answer.said(introduction(language))
    else:
        system = _INSTRUCTIONS
        if conversation.system is not None:
            system += f"{SEPARATOR}{ASKED_BY_CLIENT}{inert(conversation.system.strip())}"
        messages = [
            SystemMessage(system),
            *messages_of(given.turns, with_numbers=not runtime.settings.citations),
            HumanMessage(conversation.question),
        ]
        events = answer.generated(messages, config, sampling)
        async with aclosing(events):
            async for event in events:
                yield event
    yield Cited([])
    snapshot = runtime.index.recent()
    generation = 0 if snapshot is None else snapshot.generation
    status = answer.status(BASIS, generation, retrieve=0.0)
    if history:
        status.history = HistoryUse(turns=len(given.turns), dropped=given.dropped)
    yield Finished(status)
