"""Other providers' models that fail: what is told of it, and who is asked again."""

import asyncio
from typing import Any

import pytest

from rag_stream.errors import (
    ConnectTimeoutError,
    ModelBusyError,
    ModelFailedError,
    ModelRejectedError,
)
from tests.support.model_server import ModelServer
from tests.support.ports import free_port
from tests.support.provider_chats import (
    MODELS,
    PROVIDERS,
    SERVERS,
    answer_of,
    failure_of,
    settings_for,
    settings_of,
)


async def test_a_rate_limit_is_passed_on_with_its_time(server: ModelServer) -> None:
    server.script(status=429, retry_after="7")
    text, failure = await failure_of(settings_for(server), retries=2)
    assert type(failure) is ModelBusyError
    assert (text, failure.retry_after) == ("", "7")
    assert len(server.calls) == 1


@pytest.mark.parametrize("retries", [0, 1])
async def test_only_the_service_asks_again(server: ModelServer, retries: int) -> None:
    server.script(status=500)
    _, failure = await failure_of(settings_for(server), retries=retries)
    assert type(failure) is ModelFailedError
    assert str(failure).endswith("failed (status 500)")
    assert len(server.calls) == retries + 1


async def test_asked_again_it_answers(server: ModelServer) -> None:
    server.once(status=503)
    text, _ = await answer_of(settings_for(server), retries=1)
    assert text == "Hello from the stand-in model."


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "refused the request (status 400)"),
        (401, "refused the service's credentials (status 401)"),
        (403, "refused the service's credentials (status 403)"),
        (404, "refused the request (status 404)"),
    ],
)
async def test_what_does_not_help_is_not_asked_again(
    server: ModelServer, status: int, words: str
) -> None:
    server.script(status=status)
    _, failure = await failure_of(settings_for(server), retries=2)
    assert type(failure) is ModelRejectedError
    assert str(failure).endswith(words)
    assert len(server.calls) == 1


@pytest.mark.parametrize("fault", [{"error_after": 2}, {"drop_after": 2}, {"finish_reason": None}])
async def test_an_answer_that_breaks_off_is_a_failure(
    server: ModelServer, fault: dict[str, Any]
) -> None:
    server.script(answer=["One", " two"] if "finish_reason" in fault else "One two three.", **fault)
    text, failure = await failure_of(settings_for(server), retries=2)
    assert text == "One two"
    assert type(failure) is ModelFailedError
    assert failure.retryable
    assert len(server.calls) == 1


async def test_a_server_that_is_not_there(server: ModelServer) -> None:
    provider = next(name for name, kind in SERVERS.items() if isinstance(server, kind))
    _, failure = await failure_of(settings_of(provider, f"http://127.0.0.1:{free_port()}"))
    assert type(failure) is ModelFailedError
    assert str(failure) == f"the chat model {MODELS[provider]!r} cannot be reached"


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_server_that_takes_no_connection(provider: str, deaf_server: str) -> None:
    settings = settings_of(provider, deaf_server, connect_timeout_s=0.2)
    async with asyncio.timeout(30):
        _, failure = await failure_of(settings)
    assert type(failure) is ConnectTimeoutError
