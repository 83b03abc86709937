"""From a prompt to the pieces of an answer: in time, and asked again where that may help."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig

from rag_stream.answer_piece import AnswerPiece
from rag_stream.errors import ModelFailedError
from rag_stream.models.factory import ChatModel
from rag_stream.models.finish_reasons import FAILED
from rag_stream.models.message_pieces import message_pieces, plain_pieces
from rag_stream.models.retry import pause_before_retry
from rag_stream.models.wire import PLAIN, Wire
from rag_stream.pipeline.deadlines import Deadlines
from rag_stream.sampling import Sampling

MOST_CHARS = 10_000_000
"""Where an answer is cut: no model means to say so much, and somebody may be collecting it."""


async def generate(
    ask: Callable[[], AsyncGenerator[AnswerPiece, None]],
    deadlines: Deadlines,
    *,
    model: str,
    reports_finish: bool,
    retries: int,
    wire: Wire = PLAIN,
) -> AsyncGenerator[AnswerPiece, None]:
    """The pieces of the answer that `ask` begins; the first one says that the model took it on.

    `ask` is called again, up to `retries` times, while no text has come. `reports_finish`:
    whether an answer without a finish reason has been cut off. `wire`: how the model's
    failures are read. Raises the errors of `models/failures.py`.
    """
    has_text, failed, size = False, 0, 0
    with deadlines:
        while True:
            finish_reason: str | None = None
            has_begun = False
            try:
                async with aclosing(ask()) as pieces:
                    while True:
                        deadlines.wait()
                        try:
                            piece = await anext(pieces)
                        except StopAsyncIteration:
                            break
                        except BaseException:  # a cancellation, or what was made of it
                            deadlines.raise_if_expired()
                            raise
                        has_begun = True
                        has_text = has_text or bool(piece.text)
                        deadlines.arrived(has_text)
                        finish_reason = piece.finish_reason or finish_reason
                        yield piece
                        size += len(piece.text)
                        if size > MOST_CHARS:
                            yield AnswerPiece(finish_reason="length")
                            return
                if finish_reason == FAILED or (finish_reason is None and reports_finish):
                    raise ModelFailedError(f"the chat model {model!r} broke off its answer")
                return
            except Exception as error:
                failed += 1
                failure = wire.chat_failure(error, model, answering=has_begun)
                pause_s = None if has_text else pause_before_retry(failure, failed, retries)
                if pause_s is None:
                    if failure is error:
                        raise
                    raise failure from error
            deadlines.wait()
            try:
                await asyncio.sleep(pause_s)
            except asyncio.CancelledError:
                deadlines.raise_if_expired()
                raise


def ask_alone(
    chat_model: ChatModel,
    messages: list[BaseMessage],
    config: RunnableConfig | None,
    sampling: Sampling | None,
) -> AsyncGenerator[AnswerPiece, None]:
    """The model's answer, once, where there are no documents; no callbacks without a config."""
    (model, with_call), wire = chat_model.sampled(sampling), chat_model.wire
    if config is None:
        return plain_pieces(model, messages, wire, **with_call)
    return message_pieces(model, messages, config, wire, **with_call)
