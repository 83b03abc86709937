"""What a server is told where the application does not start."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.types import Message

from app.lifecycle.start_failures import StartFailures
from rag_stream.errors import SettingsError


async def told(error: Exception | None, *, at_start: bool = True) -> list[Message]:
    """What an application says that fails with the error."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        if error is not None and at_start:
            raise error
        yield
        if error is not None:
            raise error

    messages = iter(["lifespan.startup", "lifespan.shutdown"])
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": next(messages)}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": "lifespan", "state": {}}
    app = StartFailures(Starlette(lifespan=lifespan))
    if error is None:
        await app(scope, receive, send)
    else:
        with pytest.raises(type(error)):
            await app(scope, receive, send)
    return sent


async def test_an_error_of_ours_is_one_line() -> None:
    (message,) = await told(SettingsError("RAG_K: expected a number, got 'x'"))
    assert message == {
        "type": "lifespan.startup.failed",
        "message": "cannot start: RAG_K: expected a number, got 'x'",
    }


async def test_any_other_is_told_with_its_traceback() -> None:
    (message,) = await told(KeyError("x"))
    assert message["message"].startswith("Traceback")


async def test_nothing_else_is_touched() -> None:
    assert [message["type"] for message in await told(None)] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    _, message = await told(SettingsError("late"), at_start=False)
    assert message["message"].startswith("Traceback")
