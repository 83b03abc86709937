"""An answer of the chat model alone: nothing is searched for, and no prompt of ours is added.

For what programs ask beside a conversation, such as a title for it.
"""

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig

from rag_stream.conversation import Conversation
from rag_stream.events import Event, Finished
from rag_stream.models.local.side_tasks import answer_without_model
from rag_stream.pipeline.runtime import Runtime
from rag_stream.pipeline.unsearched import Unsearched
from rag_stream.sampling import sampling_of

BASIS = "off"


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
    started = time.perf_counter()
    answer = Unsearched(opened(), run_id, started)
    if answer.model.local is not None:
        yield answer.said(answer_without_model(conversation.question))
    else:
        events = answer.generated(_messages(conversation), config, sampling_of(chosen))
        async with aclosing(events):
            async for event in events:
                yield event
    yield Finished(answer.status(BASIS))


def _messages(conversation: Conversation) -> list[BaseMessage]:
    messages: list[BaseMessage] = []
    if conversation.system is not None:
        messages.append(SystemMessage(conversation.system))
    for turn in conversation.history:
        messages.append((HumanMessage if turn.role == "user" else AIMessage)(turn.text))
    return [*messages, HumanMessage(conversation.question)]
