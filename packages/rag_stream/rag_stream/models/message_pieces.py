"""From LangChain's message chunks to the pieces of an answer."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Protocol, cast

from langchain_core.messages import BaseMessage, BaseMessageChunk
from langchain_core.messages.ai import UsageMetadata, add_usage
from langchain_core.runnables import Runnable, RunnableConfig

from rag_stream.answer_piece import AnswerPiece
from rag_stream.models.wire import Wire


class DirectModel(Protocol):
    """A model that can stream its answer without LangChain's messages and callbacks."""

    def pieces(self, messages: list[BaseMessage]) -> AsyncGenerator[AnswerPiece, None]: ...


def plain_pieces(
    model: Runnable[Any, Any], messages: list[BaseMessage], wire: Wire, **with_call: Any
) -> AsyncGenerator[AnswerPiece, None]:
    """The answer, once, for nobody who listens; the short way where the model has one."""
    if wire.has_short_way and not with_call:
        return cast(DirectModel, model).pieces(messages)
    # None would be the callbacks of whoever is listening around.
    return message_pieces(model, messages, {"callbacks": []}, wire, **with_call)


async def message_pieces(
    model: Runnable[Any, Any],
    messages: list[BaseMessage],
    config: RunnableConfig | None,
    wire: Wire,
    **with_call: Any,
) -> AsyncGenerator[AnswerPiece, None]:
    """The answer of a chat model, once. Raises what the model raises.

    `with_call`: what the model is told with the call.

    Where a model has no asynchronous stream LangChain runs the other one in threads: then
    what is already being waited for ends with its thread, not with a cancellation.
    """
    used: UsageMetadata | None = None
    chunks = cast(
        AsyncGenerator[BaseMessageChunk, None], model.astream(messages, config, **with_call)
    )
    async with aclosing(chunks):
        async for chunk in chunks:
            usage: UsageMetadata | None = getattr(chunk, "usage_metadata", None)
            if usage and wire.adds_usage:
                used = usage = add_usage(used, usage)
            finish_reason = wire.finish_reason(chunk.response_metadata)
            yield AnswerPiece(str(chunk.text), finish_reason, usage)
