"""Reading the index: what is found, what is hidden, and what happens when it is away."""

import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rag_stream.chroma import Collection, Record
from rag_stream.errors import IndexEmptyError, IndexUnavailableError
from rag_stream.index import IndexState
from rag_stream.runtime import Runtime
from rag_stream.settings import Settings, load_settings
from tests.support.corpus import STREAM, TASK, TEXTS, TREE, fill


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    runtime = Runtime(settings)
    yield runtime
    await runtime.aclose()


def record(since: int, until: int) -> Record:
    return Record("id", "text", {"since": since, "until": until})


@pytest.mark.parametrize(
    ("since", "until", "holds", "moving"),
    [
        (1, 0, True, False),
        (5, 0, True, False),
        (6, 0, False, True),  # laid down, not yet counting
        (1, 6, True, True),  # about to end
        (1, 5, False, True),  # ended
    ],
)
def test_a_chunk_holds_for_its_generations(
    since: int, until: int, holds: bool, moving: bool
) -> None:
    state = IndexState(Collection("id", "rag", {}), 5, "model")
    assert state.holds(record(since, until)) is holds
    assert state.is_moving(record(since, until)) is moving


async def test_search_finds_the_nearest_first(runtime: Runtime, settings: Settings) -> None:
    await fill(settings)
    vector = await runtime.embedder.embed_question("What is streaming of an answer's token?")
    _, found = await runtime.index.search(await runtime.index.state(), vector, 2)
    assert found[0].text == STREAM
    assert found[0].distance < found[1].distance


async def test_search_looks_past_chunks_that_do_not_count_yet(
    runtime: Runtime, settings: Settings
) -> None:
    await fill(settings)
    client, state = await runtime.index.client(), await runtime.index.state()
    vector = await runtime.embedder.embed_question(TASK)
    best = (await client.get(state.collection, {"start_index": 0}, vectors=True))[0]
    staged = [
        Record(f"staged-{n}", TASK, {**best.metadata, "since": 99}, 0.0, best.vector)
        for n in range(20)
    ]
    await client.upsert(state.collection, staged)
    _, found = await runtime.index.search(state, vector, len(TEXTS))
    assert sorted(r.text for r in found) == sorted(TEXTS)


async def test_search_follows_a_collection_that_was_replaced(
    runtime: Runtime, settings: Settings
) -> None:
    await fill(settings)
    old = await runtime.index.state()
    await (await runtime.index.client()).drop(settings.collection)
    await fill(settings, [STREAM])
    vector = await runtime.embedder.embed_question("streaming")
    state, found = await runtime.index.search(old, vector, 4)
    assert [r.text for r in found] == [STREAM]
    assert state.collection.id != old.collection.id


async def test_a_busy_service_looks_at_the_index_once_for_many_searches(
    runtime: Runtime, settings: Settings
) -> None:
    await fill(settings)
    assert runtime.index.recent() is None
    await runtime.retriever.retrieve("What is streaming?", {})
    assert runtime.index.recent() == await runtime.index.state()


@pytest.mark.parametrize("texts", [[STREAM, "Streaming was added later."], [TASK]])
async def test_a_search_from_an_old_look_sees_a_change_at_once(
    monkeypatch: pytest.MonkeyPatch, runtime: Runtime, settings: Settings, texts: list[str]
) -> None:
    # However old the look is: what is found tells by itself that the index has moved on.
    monkeypatch.setattr("rag_stream.index.RECENT_S", 3600.0)
    await fill(settings)
    before = await runtime.retriever.retrieve("What is streaming?", {})
    assert before.documents[0].page_content == STREAM
    await fill(settings, texts)
    assert runtime.index.recent() is not None
    after = await runtime.retriever.retrieve("What is streaming?", {})
    assert {document.page_content for document in after.documents} == set(texts)
    assert after.generation == before.generation + 1


async def test_a_search_from_an_old_look_sees_an_index_made_anew(
    monkeypatch: pytest.MonkeyPatch, runtime: Runtime, settings: Settings
) -> None:
    monkeypatch.setattr("rag_stream.index.RECENT_S", 3600.0)
    await fill(settings)
    await runtime.retriever.retrieve("What is streaming?", {})
    await (await runtime.index.client()).drop(settings.collection)
    with pytest.raises(IndexEmptyError):
        await runtime.retriever.retrieve("What is streaming?", {})
    await fill(settings, [TREE])
    found = await runtime.retriever.retrieve("What is streaming?", {})
    assert [document.page_content for document in found.documents] == [TREE]


async def test_nothing_ingested_is_an_error_that_names_the_command(runtime: Runtime) -> None:
    with pytest.raises(IndexEmptyError, match="python -m ingest"):
        await runtime.index.state()


async def test_a_server_that_is_away_is_reported() -> None:
    runtime = Runtime(load_settings(chroma_url="http://127.0.0.1:9"))
    with pytest.raises(IndexUnavailableError, match="does not answer"):
        await runtime.index.state()
    await runtime.aclose()


async def test_a_folders_own_server_is_replaced_when_it_dies(
    settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(
        update={"chroma_url": None, "chroma_path": tmp_path / "data" / "chroma"}
    )
    await fill(settings)
    runtime = Runtime(settings)
    assert (await runtime.index.state()).generation == 1
    address = json.loads((tmp_path / "data" / "chroma.address").read_text())
    os.kill(address["pid"], signal.SIGKILL)
    found = await runtime.retriever.retrieve("What is task decomposition?", {})
    assert found.documents[0].page_content == TASK
    await runtime.aclose()
