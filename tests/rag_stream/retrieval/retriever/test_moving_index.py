"""An index that changes while it is searched."""

import asyncio
from typing import Any

import pytest

from rag_stream.errors import IndexUnavailableError
from rag_stream.index.client import ChromaClient, Record
from rag_stream.retrieval.retriever import SNAPSHOTS
from rag_stream.settings import Settings
from tests.support.corpus import STREAM, fill
from tests.support.retrieval import EMBEDDING, ask, opened


async def test_an_index_made_anew_between_look_and_search_is_followed(settings: Settings) -> None:
    await fill(settings)
    async with opened(settings) as runtime:
        await ask(runtime, None)  # looks at the index, and remembers it for a moment
        client = await runtime.index.client()
        await client.drop(settings.collection)
        await fill(settings, [STREAM], source="new.md")
        found = await ask(runtime, None)
    assert [document.metadata["source"] for document in found.documents] == ["new.md"]


@pytest.mark.parametrize(
    ("search_type", "moves"),
    [("hybrid", 2), ("dense", 2), ("lexical", 1)],  # the lexical index is followed with rests
)
async def test_an_index_that_moves_under_the_search_is_followed(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, search_type: str, moves: int
) -> None:
    """Each of the first reads finds that another one has just replaced the source."""
    await fill(settings)
    versions = iter([f"Streaming, version {number}." for number in range(moves)])
    slow = settings.model_copy(update={"retrieval_timeout_s": 60.0})
    async with opened(slow, search_type=search_type) as runtime:
        await runtime.catch_up()
        read = ChromaClient.query if search_type == "dense" else ChromaClient.get

        async def overtaken(self: ChromaClient, *args: Any, **kwargs: Any) -> list[Record]:
            with monkeypatch.context() as undone:
                undone.setattr(ChromaClient, read.__name__, read)
                if (text := next(versions, None)) is not None:
                    await fill(settings, [text])
            return await read(self, *args, **kwargs)

        with monkeypatch.context() as patched:
            patched.setattr(ChromaClient, read.__name__, overtaken)
            found = await ask(runtime, None)
    last = f"Streaming, version {moves - 1}."
    assert [document.page_content for document in found.documents] == [last]
    assert found.generation == 1 + moves


@pytest.mark.parametrize("search_type", ["hybrid", "dense"])
async def test_each_question_sees_one_version_of_a_source_that_keeps_changing(
    settings: Settings, search_type: str
) -> None:
    versions = [[f"Version {v} streaming {n}." for n in range(60)] for v in range(6)]
    await fill(settings, versions[0])
    finished = asyncio.Event()

    async def write() -> None:
        for version in versions[1:]:
            await fill(settings, version)
        finished.set()

    async def read() -> set[str]:
        seen: set[str] = set()
        while not finished.is_set():
            found = await ask(runtime, None)
            version = {document.page_content.split()[1] for document in found.documents}
            assert len(version) == 1, f"two versions at once: {version}"
            seen |= version
        return seen

    async with opened(settings, search_type=search_type, retrieval_timeout_s=60.0) as runtime:
        _, *seen = await asyncio.gather(write(), *(read() for _ in range(3)))
    assert len(set().union(*seen)) > 1


async def test_an_index_that_never_keeps_still_is_told(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    await fill(settings)
    searched = 0
    query = ChromaClient.query

    async def overtaken(self: ChromaClient, *args: Any, **kwargs: Any) -> list[Record]:
        nonlocal searched
        searched += 1
        await self.drop(settings.collection)
        await self.create(
            settings.collection,
            {"embedding_model": f"openai:{EMBEDDING}", "generation": searched, "schema": 1},
        )
        return await query(self, *args, **kwargs)

    monkeypatch.setattr(ChromaClient, "query", overtaken)
    async with opened(settings, search_type="dense", retrieval_timeout_s=60.0) as runtime:
        with pytest.raises(IndexUnavailableError, match="changed while it was searched") as caught:
            await ask(runtime, None)
    assert type(caught.value) is IndexUnavailableError
    assert searched == SNAPSHOTS
