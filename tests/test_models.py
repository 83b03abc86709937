"""The models that the settings name, and how their failures are told."""

import importlib

import httpx
import openai
import pytest
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from rag_stream.errors import (
    EmbeddingFailedError,
    ModelBusyError,
    ModelFailedError,
    ModelRejectedError,
    ModelTimeoutError,
    RagError,
    SettingsError,
)
from rag_stream.extractive import ExtractiveChatModel
from rag_stream.minilm import MiniLMEmbeddings
from rag_stream.models import build_chat_model, build_embedder, model_failure, openai_pool
from rag_stream.runtime import Runtime
from rag_stream.settings import Settings, load_settings
from tests.support.openai_server import OpenAIServer


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


async def test_auto_without_a_key_is_local_and_shares_one_model() -> None:
    settings = load_settings()
    embedder = build_embedder(settings, openai_pool(settings))
    model = build_chat_model(settings, embedder, None)
    assert isinstance(embedder.embeddings, MiniLMEmbeddings)
    assert isinstance(model.runnable, ExtractiveChatModel)
    assert model.shares_embedder
    assert not model.reports_finish
    assert model.name == "local:extractive"


async def test_with_a_key_both_are_openai(settings: Settings) -> None:
    runtime = Runtime(settings)
    try:
        assert isinstance(runtime.embedder.embeddings, OpenAIEmbeddings)
        assert isinstance(runtime.model.runnable, ChatOpenAI)
        assert runtime.model.name == "openai:gpt-4o-mini"
        assert runtime.embedder.fingerprint == "openai:text-embedding-3-small"
    finally:
        await runtime.aclose()


async def test_a_local_answerer_works_over_openai_embeddings(settings: Settings) -> None:
    runtime = Runtime(settings.model_copy(update={"chat_model": "local:extractive"}))
    try:
        assert not runtime.model.shares_embedder
        assert isinstance(runtime.model.local, MiniLMEmbeddings)
    finally:
        await runtime.aclose()


def test_an_openai_model_without_a_key_names_the_variable() -> None:
    with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
        build_embedder(load_settings(embeddings="openai:text-embedding-3-small"), None)


async def test_any_model_name_is_passed_on(settings: Settings, openai_server: OpenAIServer) -> None:
    runtime = Runtime(settings.model_copy(update={"chat_model": "openai:org/model:8b"}))
    try:
        await runtime.model.runnable.ainvoke("hello")
        assert openai_server.chats[0].model == "org/model:8b"
    finally:
        await runtime.aclose()


async def test_embedding_failures_name_the_model(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    openai_server.script("text-embedding-3-small", status=401)
    runtime = Runtime(settings)
    try:
        with pytest.raises(EmbeddingFailedError, match="3-small' refused the service's"):
            await runtime.embedder.embed_question("hello")
    finally:
        await runtime.aclose()


async def test_texts_go_out_as_text_and_not_as_token_numbers(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    runtime = Runtime(settings)
    try:
        await runtime.embedder.embed_chunks(["one", "two"])
        assert openai_server.embeddings[0].body["input"] == ["one", "two"]
    finally:
        await runtime.aclose()
