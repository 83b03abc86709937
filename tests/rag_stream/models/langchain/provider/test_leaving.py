"""Answers that nobody waits for any more leave the sockets of their providers."""

import asyncio
from contextlib import aclosing

import pytest

from rag_stream.errors import ModelTimeoutError
from rag_stream.pipeline.deadlines import Limits
from tests.support.model_server import ModelServer
from tests.support.provider_chats import chat_model, failure_of, outcomes, pieces, settings_for


async def test_a_silent_model_is_given_up_and_hears_of_it(server: ModelServer) -> None:
    server.script(hang="first_token")
    _, failure = await failure_of(settings_for(server), limits=Limits(0.3, 30, 60))
    assert isinstance(failure, ModelTimeoutError)
    await server.until(lambda: outcomes(server.calls) == ["abandoned"])


@pytest.mark.parametrize("after", [0, 2])
async def test_a_cancelled_question_leaves_the_socket(server: ModelServer, after: int) -> None:
    """While the model is silent: before its first word, and between two."""
    server.script(answer="One two three.", hold_after=after)
    seen: list[str] = []

    async def read() -> None:
        async with chat_model(settings_for(server)) as model, aclosing(pieces(model)) as answer:
            async for piece in answer:
                seen.append(piece.text)

    reading = asyncio.create_task(read())
    await server.until(lambda: bool(server.calls) and server.calls[0].tokens_sent == after)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await server.until(lambda: outcomes(server.calls) == ["abandoned"])


async def test_an_answer_left_in_the_middle_leaves_the_socket(server: ModelServer) -> None:
    """While the model goes on writing, and its reader has had enough."""
    server.script(answer=["word "] * 20_000, tokens_per_second=200)
    async with chat_model(settings_for(server)) as model:
        answer = pieces(model)
        async for piece in answer:
            if piece.text:
                break
        await answer.aclose()
        await server.until(lambda: outcomes(server.calls) == ["abandoned"])
