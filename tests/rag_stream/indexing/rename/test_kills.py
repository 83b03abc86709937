"""Whoever is killed while renaming leaves the old names or the new."""

from typing import cast

import pytest

from rag_stream.errors import IndexUnavailableError
from rag_stream.index.client import ChromaClient
from rag_stream.indexing.rename import Move, rename
from rag_stream.indexing.smoothing import HEADINGS
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import TASK, TEXTS, TOOLS, TREE, documents
from tests.support.renamed import MOVES, Dying, assert_as_fresh, rows
from tests.support.synced_index import open_sync, stored


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("n", range(1, 6))
async def test_who_is_killed_leaves_the_old_names_or_the_new(
    settings: Settings, runtime: Runtime, n: int, *, done: bool
) -> None:
    sync = await open_sync(runtime)
    await sync.put("a", documents("a", [TASK, TREE]))
    await sync.put("b", documents("b", [TOOLS]))
    old = {"a": sorted([TASK, TREE]), "b": [TOOLS]}
    new = {"new/a": old["a"], "new/b": old["b"]}
    dying = cast(ChromaClient, Dying(await runtime.index.client(), n, done=done))
    sync.commits._client = dying
    try:
        await rename(dying, sync.commits, MOVES, runtime.embedder)
        was_killed = False
    except IndexUnavailableError:
        was_killed = True
    assert was_killed == (n <= 4)  # laid down, marked, committed, deleted

    reader = Runtime(settings)
    try:
        left = await rows(reader)
        assert left == (new if (n, done) >= (3, True) else old)
        again = await open_sync(reader)
        assert await rows(reader) == left
        assert len(await stored(reader)) == 3
        await rename(await reader.index.client(), again.commits, MOVES, reader.embedder)
        assert await rows(reader) == new
    finally:
        await reader.aclose()


@pytest.mark.parametrize("n", [1, 3, 4, 5, 6])
async def test_who_is_killed_between_pages_leaves_no_half_source(
    settings: Settings, runtime: Runtime, n: int
) -> None:
    sync = await open_sync(runtime, headings=HEADINGS)
    await sync.put("a.md", documents("a.md", [*TEXTS, "One.", "Two."], title="a.md"))
    (old,) = (await rows(runtime)).items()
    client, moves = await runtime.index.client(), {"a.md": Move("b.md")}
    sync.commits._client = dying = cast(ChromaClient, Dying(client, n, done=False))
    with pytest.raises(IndexUnavailableError):
        await rename(dying, sync.commits, moves, runtime.embedder, page=3)
    reader = Runtime(settings)
    try:
        # Laid down in three pieces, marked, committed, deleted.
        assert await rows(reader) == {"a.md" if n <= 5 else "b.md": old[1]}
        again = await open_sync(reader, headings=HEADINGS)
        client = await reader.index.client()
        await rename(client, again.commits, moves, reader.embedder, page=3)
        wanted = documents("b.md", [*TEXTS, "One.", "Two."], title="b.md")
        await assert_as_fresh(settings, reader, wanted, HEADINGS)
    finally:
        await reader.aclose()
