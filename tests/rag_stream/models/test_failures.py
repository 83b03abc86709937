"""How the failures of models are told."""

import asyncio
import importlib
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import httpx
import openai
import pytest
from langchain_core.exceptions import ModelConnectionError
from langchain_core.exceptions import ModelTimeoutError as CoreTimeoutError
from langchain_core.messages import HumanMessage

from rag_stream.errors import (
    ConnectTimeoutError,
    EmbeddingBusyError,
    EmbeddingConnectTimeoutError,
    EmbeddingFailedError,
    EmbeddingRejectedError,
    ModelBusyError,
    ModelFailedError,
    ModelRejectedError,
    ModelTimeoutError,
    RagError,
    RetrievalTimeoutError,
)
from rag_stream.models.failures import embedding_failure, model_failure
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import load_settings

# The HTTP library that this version of the client is built on.
HTTP: Any = importlib.import_module(openai.DefaultHttpxClient.__mro__[1].__module__.split(".")[0])
REQUEST = HTTP.Request("POST", "http://upstream/v1")


def refused(status: int, retry_after: str | None = None) -> openai.APIStatusError:
    """What the OpenAI client raises for a response of that status."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    response = HTTP.Response(status, headers=headers, request=REQUEST)
    return openai.APIStatusError("internal words", response=response, body=None)


def timed_out(by: Exception) -> openai.APITimeoutError:
    """What the OpenAI client makes of a timeout of its HTTP library."""
    error = openai.APITimeoutError(REQUEST)
    error.__cause__ = by
    return error


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (refused(401), ModelRejectedError, "refused the service's credentials (status 401)"),
        (refused(403), ModelRejectedError, "refused the service's credentials (status 403)"),
        (refused(404), ModelRejectedError, "refused the request (status 404)"),
        (refused(429), ModelBusyError, "is over its rate limit (status 429)"),
        (refused(503), ModelFailedError, "failed (status 503)"),
        (TimeoutError("internal words"), ModelTimeoutError, "did not answer in time"),
        (httpx.ReadTimeout("internal words"), ModelTimeoutError, "did not answer in time"),
        (httpx.ConnectError("internal words"), ModelFailedError, "cannot be reached"),
        (httpx.RemoteProtocolError("internal words"), ModelFailedError, "broke off the connection"),
        (ConnectionRefusedError("internal words"), ModelFailedError, "cannot be reached"),
        (ModelConnectionError("internal words"), ModelFailedError, "cannot be reached"),
        (CoreTimeoutError("internal words"), ModelTimeoutError, "did not answer in time"),
        (ValueError("internal words"), ModelFailedError, "failed"),
    ],
)
def test_failures_become_ours_without_their_words(
    error: Exception, kind: type[RagError], words: str
) -> None:
    failure = model_failure(error, "openai:gpt")
    assert type(failure) is kind
    assert str(failure) == f"the chat model 'openai:gpt' {words}"


def test_our_own_errors_pass() -> None:
    ours = EmbeddingFailedError("x")
    assert model_failure(ours, "m") is ours
    assert embedding_failure(ours, "m") is ours


@pytest.mark.parametrize(
    ("error", "kind", "code", "retryable", "words"),
    [
        (
            refused(401),
            EmbeddingRejectedError,
            "embedding_failed",
            False,
            "refused the service's credentials (status 401)",
        ),
        (
            refused(400),
            EmbeddingRejectedError,
            "embedding_failed",
            False,
            "refused the request (status 400)",
        ),
        (
            refused(429),
            EmbeddingBusyError,
            "embedding_busy",
            True,
            "is over its rate limit (status 429)",
        ),
        (refused(500), EmbeddingFailedError, "embedding_failed", True, "failed (status 500)"),
        (
            httpx.ConnectError("internal words"),
            EmbeddingFailedError,
            "embedding_failed",
            True,
            "cannot be reached",
        ),
        (ValueError("internal words"), EmbeddingFailedError, "embedding_failed", True, "failed"),
        (
            TimeoutError("internal words"),
            RetrievalTimeoutError,
            "retrieval_timeout",
            True,
            "did not answer in time",
        ),
        (
            timed_out(HTTP.ReadTimeout("internal words")),
            RetrievalTimeoutError,
            "retrieval_timeout",
            True,
            "did not answer in time",
        ),
    ],
)
def test_failures_of_an_embedding_are_told_as_retrieval(
    error: Exception, kind: type[RagError], code: str, retryable: bool, words: str
) -> None:
    failure = embedding_failure(error, "openai:e")
    assert type(failure) is kind
    assert str(failure) == f"the embedding model 'openai:e' {words}"
    assert (failure.code, failure.stage, failure.retryable) == (code, "retrieve", retryable)


def test_an_answer_that_had_begun_was_broken_off() -> None:
    """The server could be reached, after all."""
    error = openai.APIConnectionError(message="internal words", request=REQUEST)
    assert "cannot be reached" in str(model_failure(error, "m"))
    assert "broke off its answer" in str(model_failure(error, "m", answering=True))
    assert "broke off its answer" not in str(model_failure(refused(500), "m", answering=True))


@pytest.mark.parametrize(
    ("fail", "kind", "stage", "who"),
    [
        (model_failure, ConnectTimeoutError, "generate", "chat"),
        (embedding_failure, EmbeddingConnectTimeoutError, "retrieve", "embedding"),
    ],
)
@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectTimeout("internal words"),
        timed_out(HTTP.ConnectTimeout("internal words")),
        timed_out(timed_out(HTTP.ConnectTimeout("internal words"))),
    ],
)
def test_a_connection_not_taken_is_told_from_an_answer_not_given(
    fail: Callable[[Exception, str], RagError],
    kind: type[RagError],
    stage: str,
    who: str,
    error: Exception,
) -> None:
    failure = fail(error, "m")
    assert type(failure) is kind
    assert str(failure) == f"the {who} model 'm' did not take a connection in time"
    assert (failure.code, failure.status_code) == ("connect_timeout", 504)
    assert failure.stage == stage


async def test_a_server_that_takes_no_connection_is_told_by_both_models(deaf_server: str) -> None:
    settings = load_settings(
        openai_api_key="sk-x", openai_base_url=deaf_server, connect_timeout_s=0.2
    )
    runtime = Runtime(settings)
    try:
        await runtime.load()
        async with asyncio.timeout(10):
            with pytest.raises(EmbeddingConnectTimeoutError):
                await runtime.embedder.embed_question("Why?")
        async with aclosing(runtime.model.runnable.pieces([HumanMessage("Why?")])) as pieces:
            async with asyncio.timeout(10):
                with pytest.raises(openai.APITimeoutError) as chat:
                    await anext(pieces)
        failure = model_failure(chat.value, runtime.model.name)
        assert type(failure) is ConnectTimeoutError
    finally:
        await runtime.aclose()


@pytest.mark.parametrize("fail", [model_failure, embedding_failure])
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("value", "passed_on"),
    [
        ("7", "7"),
        ("0", "0"),
        (" 120 ", "120"),
        ("Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:00 GMT"),
        # Nothing that is not a time: it would go into the header of a response of ours.
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("nan", None),
        ("7 seconds at /srv/model", None),
        ("99999999999", None),
        ("7\r\nSet-Cookie: x=1", None),
        ("7\nX-Evil: 1", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT\r\nX-Evil: 1", None),
        ("Wed, 21 Oct 2015 07:28:00 +0000", None),
    ],
)
def test_only_a_proper_retry_after_is_passed_on(
    fail: Callable[[Exception, str], RagError], status: int, value: str, passed_on: str | None
) -> None:
    assert fail(refused(status, value), "m").retry_after == passed_on


def test_digits_of_other_scripts_are_no_retry_after() -> None:
    error = refused(429)
    error.response.headers = HTTP.Headers([(b"Retry-After", "\u0667".encode())])
    assert model_failure(error, "m").retry_after is None


def test_without_a_retry_after_there_is_none() -> None:
    assert model_failure(refused(429), "m").retry_after is None
    assert model_failure(ValueError("x"), "m").retry_after is None
