"""An index that is made anew with another embedding model under those who search it."""

import asyncio
import time
from typing import Any

import pytest

from rag_stream.errors import (
    EmbeddingFailedError,
    EmbeddingMismatchError,
    EmbeddingRejectedError,
    IndexEmptyError,
)
from rag_stream.index.calls import Calls
from rag_stream.index.client import ChromaClient, Record
from rag_stream.models.local.embeddings import LocalEmbeddings
from rag_stream.models.local.local_models import MINILM_MODEL
from rag_stream.options import Options, options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import LOCAL_EMBEDDINGS, Settings
from tests.support.another_model import LOCAL, made_anew
from tests.support.corpus import STREAM, fill
from tests.support.openai_server import OpenAIServer
from tests.support.rebuilt import OTHER
from tests.support.retrieval import EMBEDDING, QUESTION, ask, opened

SMALL = f"openai:{EMBEDDING}"


def local(settings: Settings) -> Settings:
    return settings.model_copy(update=LOCAL)


def asked_of(server: OpenAIServer, model: str) -> int:
    """How often this model was asked to embed the question."""
    calls = [call for call in server.embeddings if call.model == model]
    return sum(call.body["input"] == [QUESTION] for call in calls)


async def test_a_key_does_not_change_the_model_of_an_index(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(local(settings))
    assert settings.openai_api_key is not None
    async with opened(settings) as runtime:
        found = await ask(runtime, None)
    assert found.documents[0].page_content == STREAM
    assert found.snapshot.embedding_model == MINILM_MODEL.fingerprint
    assert len(found.question_vector) == 384
    assert openai_server.embeddings == []


async def test_an_index_that_came_with_another_model_is_read_with_that(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    """The service was there first, and took another one for likely."""
    async with opened(settings) as runtime:
        with pytest.raises(IndexEmptyError):
            await ask(runtime, None)
        await fill(local(settings))
        found = await ask(runtime, None)
    assert found.documents[0].page_content == STREAM
    assert openai_server.embeddings == []


async def test_made_anew_with_another_model_it_is_read_with_that(
    settings: Settings, openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag_stream.index.reader.RECENT_S", 3600.0)
    openai_server.script(OTHER.partition(":")[2], dimension=512)
    await fill(settings)
    async with opened(settings) as runtime:
        sizes = []
        for model in (SMALL, OTHER, LOCAL_EMBEDDINGS, SMALL):
            await made_anew(settings, model)
            for _ in range(2):
                found = await ask(runtime, None)
                assert found.snapshot.embedding_model.startswith(model)
                assert found.documents[0].page_content == STREAM
            sizes.append(len(found.question_vector))
        assert sizes[1] == 512
        assert sizes[2] == 384
    # Each remembers the questions it was asked last, as before.
    assert asked_of(openai_server, EMBEDDING) == 1


async def test_the_likely_model_is_asked_while_the_index_is_looked_up(
    settings: Settings, openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither waits for the other, and no call to the index is added."""
    monkeypatch.setattr("rag_stream.index.reader.RECENT_S", -1.0)
    await fill(settings)
    order = ["before"]
    call = Calls.call

    async def noted(self: Calls, method: str, path: str, *args: Any, **kwargs: Any) -> Any:
        order.append("find" if method == "GET" else path.rpartition("/")[2])
        if order == ["find"]:  # it is held up until the model has been asked
            await openai_server.until(lambda: asked_of(openai_server, EMBEDDING) == 1)
        return await call(self, method, path, *args, **kwargs)

    monkeypatch.setattr(Calls, "call", noted)
    async with opened(settings, retrieval_timeout_s=60.0) as runtime:
        await runtime.catch_up()
        order.clear()
        await ask(runtime, None)
    assert order == ["find", "query", "get"]


async def test_a_model_that_the_index_has_no_more_may_fail(
    settings: Settings, openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag_stream.index.reader.RECENT_S", -1.0)
    await fill(settings)
    async with opened(settings) as runtime:
        await ask(runtime, None)
        await made_anew(settings, LOCAL_EMBEDDINGS)
        openai_server.script(EMBEDDING, status=401)
        found = await runtime.retriever.retrieve("streaming?", _options(runtime), None)
        assert found.documents[0].page_content == STREAM
        assert found.snapshot.embedding_model == MINILM_MODEL.fingerprint


async def test_the_failure_of_the_model_that_it_has_is_told(
    settings: Settings, openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag_stream.index.reader.RECENT_S", -1.0)
    await fill(settings)
    async with opened(settings) as runtime:
        await ask(runtime, None)
        openai_server.script(EMBEDDING, status=401)
        with pytest.raises(EmbeddingRejectedError):
            await runtime.retriever.retrieve("streaming?", _options(runtime), None)
        await made_anew(settings, LOCAL_EMBEDDINGS)
        await made_anew(settings, OTHER)
        openai_server.script(OTHER.partition(":")[2], status=400)
        with pytest.raises(EmbeddingFailedError, match="3-large"):
            await runtime.retriever.retrieve("streaming?", _options(runtime), None)


async def test_one_that_cannot_be_had_is_told_until_the_index_has_another(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    keyless = settings.model_copy(
        update={
            "openai_api_key": None,
            "openai_base_url": None,
            "retrieval_timeout_s": 60.0,
        }
    )
    async with opened(keyless) as runtime:
        for _ in range(2):
            with pytest.raises(EmbeddingMismatchError, match="OPENAI_API_KEY: expected a key"):
                await ask(runtime, None)
        await made_anew(settings, LOCAL_EMBEDDINGS)
        await asyncio.sleep(0.3)  # a look at the index holds for so long
        found = await ask(runtime, None)
    assert found.documents[0].page_content == STREAM


@pytest.mark.parametrize("search_type", ["hybrid", "dense"])
async def test_made_anew_in_the_middle_of_a_search_it_is_searched_again(
    settings: Settings,
    openai_server: OpenAIServer,
    monkeypatch: pytest.MonkeyPatch,
    search_type: str,
) -> None:
    openai_server.script(OTHER.partition(":")[2], dimension=512)
    await fill(settings)
    query = ChromaClient.query
    models = iter([OTHER, LOCAL_EMBEDDINGS])

    async def overtaken(self: ChromaClient, *args: Any, **kwargs: Any) -> list[Record]:
        with monkeypatch.context() as undone:
            undone.setattr(ChromaClient, "query", query)
            if (model := next(models, None)) is not None:
                await made_anew(settings, model)
        return await query(self, *args, **kwargs)

    changes = {"search_type": search_type, "retrieval_timeout_s": 60.0}
    async with opened(settings, **changes) as runtime:
        await runtime.catch_up()
        with monkeypatch.context() as patched:
            patched.setattr(ChromaClient, "query", overtaken)
            found = await ask(runtime, None)
    assert found.snapshot.embedding_model == MINILM_MODEL.fingerprint
    assert len(found.question_vector) == 384
    assert found.generation == 3
    assert found.documents[0].page_content == STREAM


async def test_the_model_that_is_set_is_the_only_one(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    async with opened(settings, embeddings=SMALL) as runtime:
        await ask(runtime, None)
        await made_anew(settings, LOCAL_EMBEDDINGS)
        await asyncio.sleep(0.3)
        with pytest.raises(EmbeddingMismatchError, match="set RAG_EMBEDDINGS back"):
            await ask(runtime, None)


async def test_a_model_has_its_own_time_to_be_loaded(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have to be fetched; the search has all of its time after that."""
    await fill(settings)
    load = LocalEmbeddings.load

    def slowly(self: LocalEmbeddings) -> None:
        time.sleep(5.0)
        load(self)

    async with opened(settings, retrieval_timeout_s=4.5) as runtime:
        await ask(runtime, None)
        await made_anew(settings, LOCAL_EMBEDDINGS)
        await asyncio.sleep(0.3)
        monkeypatch.setattr(LocalEmbeddings, "load", slowly)
        found = await ask(runtime, None)
    assert found.documents[0].page_content == STREAM


def _options(runtime: Runtime) -> Options:
    return options_of(runtime.settings, {})
