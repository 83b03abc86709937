"""What answers questions goes with the index: its model, its thresholds, its readiness."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from rag_stream.calibration.asking import recalibrate
from rag_stream.errors import EmbeddingMismatchError
from rag_stream.index.generation import SCHEMA
from rag_stream.models.local.local_models import MINILM_MODEL
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import LOCAL_CHAT, LOCAL_EMBEDDINGS, Settings
from tests.support.another_model import LOCAL, made_anew
from tests.support.corpus import TEXTS, fill
from tests.support.gateway import Gateway
from tests.support.openai_server import OpenAIServer
from tests.support.ports import free_port
from tests.support.retrieval import EMBEDDING, QUESTION, ask, opened

MINILM = MINILM_MODEL.fingerprint
SMALL = f"openai:{EMBEDDING}"


@pytest.fixture
def keyless(settings: Settings) -> Settings:
    return settings.model_copy(update={"openai_api_key": None, "openai_base_url": None})


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """With a local answerer, and OpenAI's key for embeddings."""
    async with opened(settings, chat_model=LOCAL_CHAT) as runtime:
        yield runtime


async def test_before_there_is_an_index_it_has_the_model_of_a_new_one(runtime: Runtime) -> None:
    await runtime.readiness.check()
    assert runtime.embedder.fingerprint == SMALL
    assert not runtime.model.shares_embedder


async def test_the_answerer_shares_the_local_model_of_whatever_index_there_is(
    settings: Settings, runtime: Runtime
) -> None:
    await fill(settings)
    found = await ask(runtime, None)
    assert runtime.embedder.fingerprint == SMALL
    assert not runtime.model_for(found).shares_embedder
    await made_anew(settings, LOCAL_EMBEDDINGS)
    await runtime.index.find()
    anew = await ask(runtime, None)
    assert runtime.embedder.fingerprint == MINILM
    assert runtime.model_for(anew).shares_embedder
    assert runtime.model_for(anew).local is runtime.embedder.local
    assert runtime.model is runtime.model_for(anew)
    # What was found before still belongs to the model that it was found with.
    assert not runtime.model_for(found).shares_embedder


async def test_it_starts_on_an_index_whose_model_can_be_had(
    settings: Settings, keyless: Settings
) -> None:
    await fill(settings.model_copy(update=LOCAL))
    for here in (settings, keyless):
        async with opened(here) as runtime:
            await runtime.readiness.check()
            assert await runtime.readiness.obstacles() == []
            assert runtime.embedder.fingerprint == MINILM
            assert runtime.embedder.local is not None
            assert runtime.embedder.local.is_loaded


async def test_it_does_not_start_on_one_whose_model_cannot_be_had(
    settings: Settings, keyless: Settings
) -> None:
    await fill(settings)
    async with aclosing(Runtime(keyless)) as runtime:
        with pytest.raises(EmbeddingMismatchError, match=f"built with .*{SMALL}.*--rebuild`$"):
            await runtime.readiness.check()
        ((_, reason),) = await runtime.readiness.obstacles()
        assert "OPENAI_API_KEY: expected a key" in reason


@pytest.mark.parametrize("what", ["never filled", "emptied"])
async def test_an_index_that_holds_nothing_keeps_nobody_from_starting(
    settings: Settings, keyless: Settings, what: str
) -> None:
    if what == "emptied":
        await fill(settings)
        await fill(settings, [])
    async with aclosing(Runtime(keyless)) as runtime:
        if what == "never filled":
            client = await runtime.index.client()
            metadata = {"embedding_model": SMALL, "generation": 0, "schema": SCHEMA}
            await client.create(settings.collection, metadata)
            await runtime.readiness.check()
        ((_, reason),) = await runtime.readiness.obstacles()
        assert "is empty" in reason
    strict = keyless.model_copy(update=LOCAL)
    async with aclosing(Runtime(strict)) as runtime:
        with pytest.raises(EmbeddingMismatchError, match="set RAG_EMBEDDINGS back"):
            await runtime.readiness.check()


async def test_a_model_that_the_index_had_before_keeps_nobody_from_being_ready(
    settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    with Gateway(int(openai_server.origin.rpartition(":")[2])) as gateway:
        changes = {"chat_model": LOCAL_CHAT, "openai_base_url": f"{gateway.url}/v1"}
        async with opened(settings, **changes) as runtime:
            assert await runtime.readiness.obstacles() == []
            gateway.become("refuse")
            await made_anew(settings, LOCAL_EMBEDDINGS)
            assert await runtime.readiness.obstacles() == []


async def test_an_index_is_judged_by_the_threshold_of_its_own_model(
    settings: Settings, keyless: Settings
) -> None:
    await fill(settings.model_copy(update=LOCAL))
    async with opened(settings) as runtime:
        told = str(await runtime.readiness.without_abstention())
        assert told.endswith("the embedding model's own threshold applies, 0.3")
        relevance = await runtime.judge(QUESTION, await ask(runtime, None))
        assert (relevance.threshold, relevance.basis) == (0.3, "measured")


async def test_a_vector_is_not_looked_for_among_those_of_another_model(
    settings: Settings, runtime: Runtime
) -> None:
    await fill(settings)
    await recalibrate(runtime.index, runtime.embedder)
    found = await ask(runtime, None, search_type="dense")
    before = await runtime.judge(QUESTION, replace(found, nearest=None))
    await made_anew(settings, LOCAL_EMBEDDINGS)
    # The documents tell: they and the threshold are of the index that was searched.
    assert await runtime.judge(QUESTION, replace(found, nearest=None)) == before
    anew = await ask(runtime, None)
    by_its_own = await runtime.judge(QUESTION, anew, asked=found)
    assert by_its_own.basis in ("measured", "calibrated")
    assert by_its_own.score == (await runtime.judge(QUESTION, anew)).score


def _texts(found: Any) -> set[str]:
    return {document.page_content for document in found.documents}


async def test_what_is_given_in_its_place_is_used(settings: Settings) -> None:
    await fill(settings.model_copy(update=LOCAL))
    local = settings.model_copy(update=LOCAL)
    async with opened(local) as lender, aclosing(Runtime(settings)) as runtime:
        runtime.embedders.use(lender.embedder)
        assert runtime.embedder is lender.embedder
        await runtime.readiness.check()
        assert _texts(await ask(runtime, None)) == set(TEXTS)


async def test_while_the_index_is_away_no_model_is_loaded_for_it(settings: Settings) -> None:
    """It may have another one than a new index gets, and the files of that may not be here."""
    away = settings.model_copy(
        update={
            "chroma_url": f"http://127.0.0.1:{free_port()}",
            "openai_api_key": None,
            "openai_base_url": None,
            "chat_model": LOCAL_CHAT,
        }
    )
    async with aclosing(Runtime(away)) as runtime:
        ((_, reason),) = await runtime.readiness.obstacles()
        assert "does not answer" in reason or "index server" in reason
        local = runtime.embedder.local
        assert local is not None
        assert not local.is_loaded
