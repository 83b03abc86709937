"""The models that the settings name."""

import pytest
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from rag_stream import models
from rag_stream.errors import EmbeddingFailedError, SettingsError
from rag_stream.extractive import ExtractiveChatModel
from rag_stream.minilm import MiniLMEmbeddings
from rag_stream.models import build_chat_model, build_embedder
from rag_stream.openai_access import openai_pool
from rag_stream.runtime import Runtime
from rag_stream.settings import Settings, load_settings
from tests.support.openai_server import OpenAIServer


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
    monkeypatch.setattr(models, "REMEMBERED_QUESTIONS", 2)
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
