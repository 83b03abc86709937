"""Names that other sources have had: in chains, in circles, of the same texts."""

from typing import cast

import pytest

from rag_stream.errors import IndexUnavailableError
from rag_stream.index.client import ChromaClient
from rag_stream.indexing.rename import Move, in_order, rename
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import MEMORY, TASK, TEXTS, TOOLS, TREE, documents
from tests.support.renamed import Dying, assert_same, rows, whole
from tests.support.synced_index import open_sync

SWAP = {"a": Move("b", "#b"), "b": Move("a", "#a")}


def test_each_name_is_left_before_another_comes_to_it() -> None:
    moves = {"a": Move("b"), "b": Move("c"), "c": Move("d"), "e": Move("d"), "f": Move("f")}
    rounds = list(in_order(moves))
    assert [sorted(one) for one in rounds] == [["c", "e", "f"], ["b"], ["a"]]
    assert {old: move for one in rounds for old, move in one.items()} == moves


def test_in_a_circle_one_goes_by_a_spare_name() -> None:
    moves = {"z": Move("a"), **SWAP}
    spare = "a#moving"
    assert list(in_order(moves)) == [
        {"a": Move(spare, "#b")},
        {"z": Move("a"), "b": Move("a", "#a")},
        {spare: Move("b", "#b")},
    ]
    assert list(in_order({})) == []


async def test_two_sources_trade_their_names(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    await sync.put("a", documents("a", [TASK, TREE]))
    await sync.put("b", documents("b", [TASK, TOOLS, MEMORY]))  # one chunk is the same
    client = await runtime.index.client()
    assert await rename(client, sync.commits, SWAP, runtime.embedder) == ["a", "b"]
    assert await rows(runtime) == {"b": sorted([TASK, TREE]), "a": sorted([TASK, TOOLS, MEMORY])}
    now = await whole(runtime)
    for name, texts in (("b", [TASK, TREE]), ("a", [TASK, TOOLS, MEMORY])):
        assert (await sync.put(name, documents(name, texts))).change == "unchanged"
    await sync.remove("a")
    await sync.remove("b")
    await sync.put("a", documents("a", [TASK, TOOLS, MEMORY]))
    await sync.put("b", documents("b", [TASK, TREE]))
    assert_same(now, await whole(runtime))


async def test_a_folder_goes_down_into_one_that_is_called_as_it_was(runtime: Runtime) -> None:
    sync = await open_sync(runtime)
    names = ["docs/a.md", *(f"docs/docs/{n}.md" for n in range(120)), "docs/docs/a.md"]
    for number, name in enumerate(names):
        await sync.put(name, documents(name, [f"Text number {number}."]))
    before = await rows(runtime)
    moves = {name: Move(f"docs/{name}") for name in names}
    client = await runtime.index.client()
    assert await rename(client, sync.commits, moves, runtime.embedder) == names
    assert await rows(runtime) == {f"docs/{name}": texts for name, texts in before.items()}


@pytest.mark.parametrize("n", range(1, 14))
async def test_who_is_killed_meanwhile_leaves_every_text(
    settings: Settings, runtime: Runtime, n: int
) -> None:
    sync = await open_sync(runtime)
    await sync.put("a", documents("a", TEXTS))
    await sync.put("b", documents("b", [TASK]))
    dying = cast(ChromaClient, Dying(await runtime.index.client(), n, done=False))
    sync.commits._client = dying
    try:
        await rename(dying, sync.commits, SWAP, runtime.embedder)
    except IndexUnavailableError:
        assert n <= 12
    else:
        assert n > 12  # laid down, marked, committed, deleted: three times
    reader = Runtime(settings)
    try:
        await open_sync(reader)
        assert sorted((await rows(reader)).values()) == sorted([sorted(TEXTS), [TASK]])
    finally:
        await reader.aclose()
