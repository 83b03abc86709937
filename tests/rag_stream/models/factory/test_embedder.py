"""Embedding questions and chunks: what is asked, remembered, tried again, and told."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import openai
import pytest
from langchain_core.embeddings import Embeddings

from rag_stream.errors import (
    EmbeddingBusyError,
    EmbeddingFailedError,
    EmbeddingRejectedError,
    WeightsError,
)
from rag_stream.models import factory, retry
from rag_stream.models.factory import Embedder, build_embedder
from rag_stream.models.lazy import Lazy
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings, load_settings
from tests.support.openai_server import OpenAIServer


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


async def test_questions_are_embedded_together_as_questions() -> None:
    embedder = build_embedder(load_settings(embeddings="local:multilingual-e5-small"), None)
    texts = ["How far is the moon?", "Wie weit ist der Mond?", "月球有多远"]
    together = np.asarray(await embedder.embed_questions(texts))
    alone = np.asarray([await embedder.embed_question(text) for text in texts])
    said = np.asarray(await embedder.embed_chunks(texts))
    assert (together * alone).sum(axis=1).min() > 0.999
    assert (together * said).sum(axis=1).max() < 0.99
