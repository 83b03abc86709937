"""The models that the settings name."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from rag_stream.errors import (
    EmbeddingBusyError,
    EmbeddingFailedError,
    EmbeddingRejectedError,
    SettingsError,
    WeightsError,
)
from rag_stream.models import factory, retry
from rag_stream.models.factory import Embedder, build_chat_model, build_embedder
from rag_stream.models.lazy import Lazy
from rag_stream.models.local.embeddings import MiniLMEmbeddings
from rag_stream.models.local.extractive import ExtractiveChatModel
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings, load_settings
from tests.support.openai_server import OpenAIServer


async def test_auto_without_a_key_is_local_and_shares_one_model() -> None:
    settings = load_settings()
    embedder = build_embedder(settings, None)
    model = build_chat_model(settings, embedder, None)
    assert isinstance(embedder.embeddings, MiniLMEmbeddings)
    assert isinstance(model.runnable, ExtractiveChatModel)
    assert model.shares_embedder
    assert not model.reports_finish
    assert model.name == "local:extractive"


async def test_the_local_answerer_ignores_what_generating_models_take() -> None:
    settings = load_settings(temperature=0.5, max_tokens=5, model_kwargs={"top_p": 0.1})
    model = build_chat_model(settings, build_embedder(settings, None), None)
    await model.check()
    assert isinstance(model.runnable, ExtractiveChatModel)


async def test_parameters_that_openais_model_does_not_take_stop_the_start(
    settings: Settings,
) -> None:
    changes = {"model_kwargs": {"tpo_p": 1}, "abstain_below": "off"}
    runtime = Runtime(settings.model_copy(update=changes))
    try:
        with pytest.raises(SettingsError, match="RAG_MODEL_KWARGS: .* takes no 'tpo_p'"):
            await runtime.check()
    finally:
        await runtime.aclose()


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


async def test_a_question_asked_again_is_not_embedded_again(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    runtime = Runtime(settings)
    try:
        first = await runtime.embedder.embed_question("Why?")
        assert await runtime.embedder.embed_question("Why?") == first
        assert len(openai_server.embeddings) == 1
    finally:
        await runtime.aclose()


async def test_only_the_questions_asked_last_are_remembered(
    settings: Settings, openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factory, "REMEMBERED_QUESTIONS", 2)
    runtime = Runtime(settings)
    try:
        for question in ("a", "b", "a", "c", "a", "b"):
            await runtime.embedder.embed_question(question)
    finally:
        await runtime.aclose()
    # "c" pushes "b" out, since "a" was asked after it.
    asked = [call.body["input"] for call in openai_server.embeddings]
    assert asked == [["a"], ["b"], ["c"], ["b"]]


async def test_a_failed_embedding_is_not_remembered(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    openai_server.once("text-embedding-3-small", status=401)
    runtime = Runtime(settings)
    try:
        with pytest.raises(EmbeddingFailedError):
            await runtime.embedder.embed_question("Why?")
        assert len(await runtime.embedder.embed_question("Why?")) > 0
    finally:
        await runtime.aclose()


@pytest.fixture(params=["first question", "later question"])
async def runtime(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[Runtime]:
    """The first request goes out another way than those after it (`replay.py`)."""
    runtime = Runtime(settings)
    if request.param == "later question":
        await runtime.embedder.embed_question("before")
    yield runtime
    await runtime.aclose()


def asked_for(server: OpenAIServer, text: str) -> int:
    return sum(call.body["input"] == [text] for call in server.embeddings)


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"status": 429}, {"status": 429, "retry_after": "0"}]
)
async def test_a_question_whose_embedding_failed_is_embedded_again(
    runtime: Runtime, openai_server: OpenAIServer, fault: dict[str, Any]
) -> None:
    openai_server.once("text-embedding-3-small", **fault)
    assert len(await runtime.embedder.embed_question("Why?")) > 0
    assert asked_for(openai_server, "Why?") == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 401}, EmbeddingRejectedError),
        ({"status": 400}, EmbeddingRejectedError),
        ({"status": 429, "retry_after": "7"}, EmbeddingBusyError),
    ],
)
async def test_a_question_is_not_embedded_again_where_that_does_not_help(
    runtime: Runtime, openai_server: OpenAIServer, fault: dict[str, Any], kind: type[Exception]
) -> None:
    openai_server.script("text-embedding-3-small", **fault)
    with pytest.raises(kind) as caught:
        await runtime.embedder.embed_question("Why?")
    assert type(caught.value) is kind
    assert asked_for(openai_server, "Why?") == 1


@pytest.mark.parametrize("transport", ["direct", "client"])
@pytest.mark.parametrize("kwargs", [{}, {"dimensions": 8}, {"model_kwargs": {"user": "me"}}])
@pytest.mark.parametrize("retries", [0, 1])
async def test_a_question_is_embedded_again_as_often_as_is_set(
    settings: Settings,
    openai_server: OpenAIServer,
    retries: int,
    kwargs: dict[str, Any],
    transport: str,
) -> None:
    """The client's own retries, on top of ours, would multiply with them."""
    openai_server.script("text-embedding-3-small", status=500)
    update = {"retries": retries, "embeddings_kwargs": kwargs, "openai_transport": transport}
    runtime = Runtime(settings.model_copy(update=update))
    try:
        with pytest.raises(EmbeddingFailedError, match="status 500") as caught:
            await runtime.embedder.embed_question("Why?")
    finally:
        await runtime.aclose()
    assert isinstance(caught.value.__cause__, openai.InternalServerError)
    assert asked_for(openai_server, "Why?") == retries + 1


async def test_a_question_given_up_is_not_embedded_again(
    settings: Settings, openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "FIRST_PAUSE_S", 3600.0)
    monkeypatch.setattr(retry, "LONGEST_PAUSE_S", 3600.0)
    openai_server.script("text-embedding-3-small", status=500)
    runtime = Runtime(settings)
    try:
        asking = asyncio.create_task(runtime.embedder.embed_question("Why?"))
        await openai_server.until(lambda: [c.outcome for c in openai_server.calls] == ["failed"])
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.wait({asking}, timeout=10)
        assert asking.cancelled()
    finally:
        await runtime.aclose()
    assert asked_for(openai_server, "Why?") == 1


async def test_chunks_keep_the_clients_own_retries(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    """An ingest of many texts has the time, and nobody else asks again for it."""
    runtime = Runtime(settings.model_copy(update={"retries": 0}))
    try:
        await runtime.embedder.embed_question("a question, which sets up the way of its own")
        openai_server.once("text-embedding-3-small", status=500)
        assert len(await runtime.embedder.embed_chunks(["one", "two"])) == 2
    finally:
        await runtime.aclose()
    assert sum(call.body["input"] == ["one", "two"] for call in openai_server.embeddings) == 2


class NoWeights(Embeddings):
    def embed_query(self, text: str) -> list[float]:
        raise WeightsError("no weights")

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise WeightsError("no weights")


async def test_an_error_of_ours_is_not_its_own_cause() -> None:
    """Whoever follows the causes, for the log, would do so for ever."""
    embedder = Embedder("local:m", Lazy(NoWeights))
    for embedding in (embedder.embed_question("x"), embedder.embed_chunks(["x"])):
        with pytest.raises(WeightsError) as caught:
            await embedding
        assert caught.value.__cause__ is not caught.value


@pytest.mark.parametrize(
    ("url", "kwargs", "asked"),
    [
        (None, {}, {"max_completion_tokens": 2, "max_tokens": 2}),
        (None, {"extra_body": {"max_tokens": 1, "top_k": 4}}, {"max_tokens": 1, "top_k": 4}),
        (None, {"max_tokens": 1}, {"max_completion_tokens": 1, "max_tokens": 1}),
        (None, {"max_completion_tokens": 1}, {"max_completion_tokens": 1, "max_tokens": None}),
        ("https://api.openai.com/v1", {}, None),
        ("https://mine.openai.azure.com/openai/v1", {}, None),
    ],
)
async def test_servers_that_are_not_openais_are_told_the_length_in_their_word_too(
    settings: Settings,
    openai_server: OpenAIServer,
    url: str | None,
    kwargs: dict[str, Any],
    asked: dict[str, int | None] | None,
) -> None:
    update: dict[str, Any] = {"max_tokens": 2, "model_kwargs": kwargs}
    chosen = settings.model_copy(update=update | ({"openai_base_url": url} if url else {}))
    runtime = Runtime(chosen)
    try:
        await runtime.model.load()
        model: Any = runtime.model.runnable
        if asked is None:
            assert (model.max_tokens, model.extra_body) == (2, None)
            return
        async for _ in model.pieces([HumanMessage("Why?")]):
            pass
        body = openai_server.chats[-1].body
        assert {name: body.get(name) for name in asked} == asked
    finally:
        await runtime.aclose()
