"""The models that the settings name."""

from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from rag_stream.errors import SettingsError
from rag_stream.models.factory import build_chat_model, build_embedder
from rag_stream.models.local.embeddings import LocalEmbeddings
from rag_stream.models.local.extractive import ExtractiveChatModel
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings, load_settings
from tests.support.openai_server import OpenAIServer


async def test_auto_without_a_key_is_local_and_shares_one_model() -> None:
    settings = load_settings()
    embedder = build_embedder(settings, None)
    model = build_chat_model(settings, embedder, None)
    assert isinstance(embedder.embeddings, LocalEmbeddings)
    assert isinstance(model.runnable, ExtractiveChatModel)
    assert model.shares_embedder
    assert not model.reports_finish
    assert model.name == "local:extractive"


async def test_the_answerer_shares_the_local_model_that_is_named() -> None:
    settings = load_settings(embeddings="local:multilingual-e5-small")
    embedder = build_embedder(settings, None)
    model = build_chat_model(settings, embedder, None)
    assert embedder.fingerprint == "local:multilingual-e5-small@1571fc98"
    assert isinstance(embedder.embeddings, LocalEmbeddings)
    assert embedder.embeddings.name == "local:multilingual-e5-small"
    assert embedder.local is embedder.embeddings
    assert model.local is embedder.local
    assert model.shares_embedder


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
            await runtime.readiness.check()
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
        assert isinstance(runtime.model.local, LocalEmbeddings)
        # Whatever language the documents are in.
        assert runtime.model.local.name == "local:multilingual-e5-small"
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
