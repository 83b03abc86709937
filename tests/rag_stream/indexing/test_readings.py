"""How files were read, kept beside an index."""

import json
from typing import Any

import pytest

from rag_stream.indexing.readings import MOST, Reading, ReadingStore
from rag_stream.pipeline.runtime import Runtime

TOWER = Reading("docs/tower.md", "key", "12-ff")
WEIR = Reading("docs/weir.md", "key", "1-00", "read as cp1252", ("more.md", "ä.md"))


async def test_what_was_kept_is_known_to_the_next_run(runtime: Runtime) -> None:
    client, name = await runtime.index.client(), runtime.settings.collection
    store = await ReadingStore.open(client, name)
    assert await store.of([TOWER.source]) == {}
    await store.save([])
    await store.forget([TOWER.source])
    assert await client.find(f"{name}.readings") is None  # nothing was there to be written
    await store.save([TOWER, WEIR])
    newer = Reading(TOWER.source, "another", "3-aa")
    await store.save([newer])
    again = await ReadingStore.open(client, name)
    wanted = [TOWER.source, WEIR.source, "docs/other.md"]
    assert await again.of(wanted) == {TOWER.source: newer, WEIR.source: WEIR}
    assert await again.of([WEIR.source]) == {WEIR.source: WEIR}
    assert (newer.chunks, WEIR.chunks) == (3, 1)
    await again.forget([WEIR.source, "docs/other.md"])
    assert await again.of(wanted) == {TOWER.source: newer}
    assert await (await ReadingStore.open(client, "another")).of(wanted) == {}


async def test_thousands_are_known(runtime: Runtime) -> None:
    client, name = await runtime.index.client(), runtime.settings.collection
    store = await ReadingStore.open(client, name)
    many = [Reading(f"docs/{number}.md", "key", f"{number}-0") for number in range(2_050)]
    await store.save(many)
    found = await store.of([reading.source for reading in many])
    assert found == {reading.source: reading for reading in many}


@pytest.mark.parametrize("letter", ["a", "\x01"])
async def test_hundreds_that_say_much_are_known(runtime: Runtime, letter: str) -> None:
    client, name = await runtime.index.client(), runtime.settings.collection
    store = await ReadingStore.open(client, name)
    long = letter * ((MOST - 500) // len(json.dumps(letter)[1:-1]))
    many = [Reading(f"docs/{number}.md", "key", "1-0", long) for number in range(300)]
    await store.save(many)
    found = await store.of([reading.source for reading in many])
    assert found == {reading.source: reading for reading in many}


@pytest.mark.parametrize("said", [{"note": "x" * MOST}, {"includes": ("docs/ä.md",) * 4_000}])
async def test_what_says_too_much_is_not_kept_and_hides_no_other(
    runtime: Runtime, said: dict[str, Any]
) -> None:
    client, name = await runtime.index.client(), runtime.settings.collection
    store = await ReadingStore.open(client, name)
    many = [Reading(f"docs/{number}.md", "key", "1-0", **said) for number in range(300)]
    await store.save([many[0]])
    assert await client.find(f"{name}.readings") is None
    before = Reading(many[0].source, "key", "1-0")
    await store.save([TOWER, before])
    await store.save([WEIR, *many])
    names = [TOWER.source, WEIR.source, *(reading.source for reading in many)]
    assert await store.of(names) == {TOWER.source: TOWER, WEIR.source: WEIR}


async def test_a_dry_run_looks_and_leaves_all_as_it_is(runtime: Runtime) -> None:
    client, name = await runtime.index.client(), runtime.settings.collection
    await (await ReadingStore.open(client, name)).save([TOWER])
    dry = await ReadingStore.open(client, name, keeps=False)
    await dry.save([WEIR, Reading(TOWER.source, "another", "3-aa")])
    await dry.forget([TOWER.source])
    assert await dry.of([TOWER.source, WEIR.source]) == {TOWER.source: TOWER}
