"""The index and the models as they were seen last, looked at in the background."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.page.overview import STARTING, Overview, Seen
from rag_stream.index.generation import ingested_now
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import TEXTS, fill
from tests.support.deaf import deaf_listener
from tests.support.ports import free_port


@asynccontextmanager
async def looking(settings: Settings, wait_s: float = 60.0) -> AsyncIterator[Overview]:
    runtime = Runtime(settings)
    overview = Overview(lambda: runtime, wait_s)
    try:
        yield overview
    finally:
        await overview.aclose()
        await runtime.aclose()


def due(overview: Overview) -> Overview:
    """The same where its last look was long ago."""
    overview._looked_at = float("-inf")
    return overview


async def test_a_filled_index_is_seen(settings: Settings) -> None:
    before = ingested_now()
    await fill(settings)
    await fill(settings, TEXTS[:1], source="other.md")
    async with looking(settings) as overview:
        seen = await overview.seen()
        assert seen.obstacles == ()
        assert (seen.documents, seen.chunks, seen.generation) == (2, 6, 2)
        assert seen.embedding_model == "openai:text-embedding-3-small"
        assert seen.ingested is not None
        assert before <= seen.ingested <= ingested_now()
        await fill(settings, TEXTS[:2])
        assert await overview.seen() == seen  # of a moment ago
        now = await due(overview).seen()
        assert (now.documents, now.chunks, now.generation) == (2, 3, 3)


async def test_a_list_of_before_is_asked_for_again(settings: Settings) -> None:
    await fill(settings)
    async with looking(settings) as overview:
        await overview.seen()
        documents = overview._opened().documents
        documents._next = float("inf")  # as while a new list takes long
        await fill(settings, TEXTS[:1], source="other.md")
        assert (await due(overview).seen()).documents == 1
        documents._next = 0.0
        assert (await due(overview).seen()).documents == 2


async def test_an_empty_index_says_so_until_it_is_filled(settings: Settings) -> None:
    async with looking(settings) as overview:
        seen = await overview.seen()
        assert [obstacle.code for obstacle in seen.obstacles] == ["index_empty"]
        assert (seen.documents, seen.chunks, seen.generation) == (0, 0, None)
        await fill(settings)
        seen = await due(overview).seen()
        assert (seen.obstacles, seen.documents) == ((), 1)


async def test_an_index_that_is_away_is_an_obstacle(settings: Settings) -> None:
    away = settings.model_copy(update={"chroma_url": f"http://127.0.0.1:{free_port()}"})
    async with looking(away) as overview:
        seen = await overview.seen()
    assert [obstacle.code for obstacle in seen.obstacles] == ["index_unavailable"]
    assert (seen.documents, seen.chunks) == (None, None)


async def test_nobody_waits_for_an_index_that_does_not_answer(settings: Settings) -> None:
    with deaf_listener() as port:
        deaf = settings.model_copy(update={"chroma_url": f"http://127.0.0.1:{port}"})
        async with looking(deaf, wait_s=0.001) as overview:
            for _ in range(3):
                assert await due(overview).seen() == Seen((STARTING,))
            assert len(overview._tasks) == 2  # looks are not begun beside one that goes on


async def test_a_fault_is_logged_and_not_raised(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with looking(settings) as overview:
        overview._begin("index", _fail)
        assert await overview.seen() is not None
    assert "ValueError" in caplog.text


async def _fail() -> None:
    raise ValueError("no such thing")
