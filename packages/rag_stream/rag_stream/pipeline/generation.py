"""From a prompt to the pieces of an answer: in time, and asked again where that may help."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from rag_stream.answer_piece import AnswerPiece
from rag_stream.errors import ModelFailedError
from rag_stream.models.finish_reasons import FAILED
from rag_stream.models.retry import pause_before_retry
from rag_stream.models.wire import PLAIN, Wire
from rag_stream.pipeline.deadlines import Deadlines

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
