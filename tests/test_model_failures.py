"""How the failures of models are told."""

import importlib

import httpx
import openai
import pytest

from rag_stream.errors import (
    EmbeddingFailedError,
    ModelBusyError,
    ModelFailedError,
    ModelRejectedError,
    ModelTimeoutError,
    RagError,
)
from rag_stream.model_failures import model_failure


def refused(status: int) -> openai.APIStatusError:
    """What the OpenAI client raises for a response of that status."""
    # The HTTP library that this version of the client is built on.
    http = importlib.import_module(openai.DefaultHttpxClient.__mro__[1].__module__.split(".")[0])
    response = http.Response(status, request=http.Request("POST", "http://upstream/v1"))
    return openai.APIStatusError("internal words", response=response, body=None)


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
