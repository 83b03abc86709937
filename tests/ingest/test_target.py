"""What a run writes to: with which model, and what a dry run says of it."""

import json
from collections.abc import Iterable
from contextlib import aclosing
from io import StringIO
from typing import Any

import numpy as np
import pytest

from ingest.report import Report
from ingest.target import Preview, open_index, open_preview, open_rebuild
from rag_stream.errors import EmbeddingMismatchError
from rag_stream.index.client import Record
from rag_stream.indexing.lease import lease
from rag_stream.indexing.rename import Move
from rag_stream.models.local.local_models import E5_MODEL, MINILM_MODEL
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import LOCAL_EMBEDDINGS, Settings
from tests.support.corpus import TEXTS, documents, fill
from tests.support.synced_index import open_sync


@pytest.mark.parametrize(
    ("old", "new", "titles"),
    [
        ("https://example.org/a/", "https://example.org/b", None),
        ("falcon.md", "otter.md", None),
        ("falcon.md", "otter.md", ("Falcon", "Falcon")),
    ],
)
async def test_a_new_name_alone_is_no_change(
    settings: Settings, old: str, new: str, titles: tuple[str, str] | None
) -> None:
    before, after = titles or (old, new)
    runtime = Runtime(settings)
    try:
        sync = await open_sync(runtime)
        await sync.put(old, documents(old, TEXTS, title=before))
        preview = Preview(sync)
        assert await preview.rename({old: Move(new)}) == [old]
        outcome = await preview.put(new, documents(new, TEXTS, title=after))
    finally:
        await runtime.aclose()
    assert (outcome.source, outcome.change, outcome.embedded) == (new, "unchanged", 0)


MINILM, E5 = MINILM_MODEL.fingerprint, E5_MODEL.fingerprint
SMALL = "openai:text-embedding-3-small"
Opened = tuple[str, list[dict[str, Any]]]


@pytest.fixture
def keyless(settings: Settings) -> Settings:
    return settings.model_copy(update={"openai_api_key": None, "openai_base_url": None})


async def model_of(
    settings: Settings, how: str = "index", languages: Iterable[str] = ("en",)
) -> Opened:
    """The model that a run takes, and what it says before it has read anything."""

    async def told() -> frozenset[str]:
        return frozenset(languages)

    out = StringIO()
    report = Report(1, as_json=True, dry_run=how == "dry run", out=out)
    model = ""
    async with (
        aclosing(Runtime(settings)) as runtime,
        lease(await runtime.index.client(), settings.collection),
    ):
        if how == "dry run":
            await open_preview(runtime, report, told)
        elif how == "rebuild":
            model = (await open_rebuild(runtime, report, told, has_sources=False)).embedding_model
        else:
            await open_index(runtime, report, told)
        state = await runtime.index.find()
    events = [json.loads(line) for line in out.getvalue().splitlines()]
    if how == "dry run" and events:
        model = events[0]["embedding_model"]
    return model or (state.embedding_model if state else ""), events


@pytest.mark.parametrize("how", ["index", "dry run"])
async def test_a_new_index_says_which_model_it_gets_and_why(
    settings: Settings, keyless: Settings, how: str
) -> None:
    for here, model, why in (
        (
            keyless.model_copy(update={"collection": f"{settings.collection}-local"}),
            MINILM,
            "in English",
        ),
        (settings, SMALL, "OPENAI_API_KEY is set"),
    ):
        got, (event,) = await model_of(here, how)
        assert (got, event["event"], event["embedding_model"]) == (model, "embedding_model", model)
        assert why in event["why"]
        assert event["message"].startswith(f"the index {here.collection!r} ")
        assert ("would be begun" in event["message"]) == (how == "dry run")


@pytest.mark.parametrize("how", ["index", "dry run"])
async def test_the_languages_of_the_documents_decide_where_nothing_is_set(
    settings: Settings, keyless: Settings, how: str
) -> None:
    got, (event,) = await model_of(keyless, how, ["en", "th"])
    assert (got, event["embedding_model"]) == (E5, E5)
    assert event["why"] == "there are documents in other languages (th)"
    other = settings.model_copy(update={"collection": f"{settings.collection}-keyed"})
    assert (await model_of(other, how, ["th"]))[0] == SMALL
    strict = keyless.model_copy(
        update={"embeddings": LOCAL_EMBEDDINGS, "collection": f"{settings.collection}-set"}
    )
    assert (await model_of(strict, how, ["th"]))[0] == (MINILM if how == "index" else "")


@pytest.mark.parametrize("how", ["index", "dry run", "rebuild"])
async def test_an_index_keeps_its_model(settings: Settings, keyless: Settings, how: str) -> None:
    await fill(keyless)
    assert await model_of(settings, how) == (MINILM, [])
    with pytest.raises(EmbeddingMismatchError, match="set RAG_EMBEDDINGS back"):
        await model_of(settings.model_copy(update={"embeddings": SMALL}))


@pytest.mark.parametrize("how", ["index", "dry run", "rebuild"])
async def test_one_whose_model_cannot_be_had_stays_as_it_is(
    settings: Settings, keyless: Settings, how: str
) -> None:
    await fill(settings)
    with pytest.raises(EmbeddingMismatchError, match=f"OPENAI_API_KEY: .*{SMALL}.*--rebuild`"):
        await model_of(keyless, how)
    assert await model_of(settings) == (SMALL, [])


async def test_a_rebuild_with_a_model_that_is_set_takes_that(
    settings: Settings, keyless: Settings
) -> None:
    await fill(settings)
    model, events = await model_of(
        keyless.model_copy(update={"embeddings": LOCAL_EMBEDDINGS}), "rebuild"
    )
    assert model == MINILM
    assert [event["event"] for event in events] == ["recipe"]  # which says that it is another


@pytest.mark.parametrize("how", ["index", "dry run", "rebuild"])
async def test_a_collection_that_no_ingest_made_is_left_alone(keyless: Settings, how: str) -> None:
    async with aclosing(Runtime(keyless)) as runtime:
        client = await runtime.index.client()
        await client.create(keyless.collection, {"hnsw:space": "cosine"})
        state = await runtime.index.find()
        assert state is not None
        mine = Record("1", "Mine.", {"by": "me"}, vector=np.array([0.1, 0.2], dtype=np.float32))
        await client.upsert(state.collection, [mine])
        with pytest.raises(EmbeddingMismatchError, match="none of ours"):
            await model_of(keyless, how)
        assert await client.count(state.collection) == 1


@pytest.mark.parametrize("what", ["never filled", "emptied"])
async def test_an_index_that_holds_nothing_is_begun_with_what_a_new_one_gets(
    settings: Settings, keyless: Settings, what: str
) -> None:
    if what == "emptied":
        await fill(settings)
        await fill(settings, [])
    else:
        await model_of(settings)
    strict = keyless.model_copy(update={"embeddings": LOCAL_EMBEDDINGS})
    with pytest.raises(EmbeddingMismatchError):  # as it always was
        await model_of(strict)
    _, (event,) = await model_of(keyless, "dry run")
    assert event["embedding_model"] == MINILM
    model, (event,) = await model_of(keyless)
    assert (model, event["embedding_model"]) == (MINILM, MINILM)
    await fill(strict)  # vectors of its length fit
    assert await model_of(settings) == (MINILM, [])
