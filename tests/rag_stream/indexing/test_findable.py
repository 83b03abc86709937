"""Chunks that no search finds, though they stand in the table: seen, and mended."""

from pathlib import Path

import numpy as np

from rag_stream.index.client import ChromaClient, Collection, Record
from rag_stream.indexing.findable import (
    FEW,
    HIDDEN,
    connect,
    lost,
    lost_of_all,
    make_found,
    regrow,
)
from tests.support.index_folder import lost as not_found
from tests.support.index_folder import records, served

_ROUNDS = 100


async def with_lost_chunks(client: ChromaClient, collection: Collection) -> list[Record]:
    """Take all chunks out and put others in until some hang on dead entries; one time in eight."""
    here: list[Record] = []
    for number in range(_ROUNDS):
        await client.delete(collection, [record.id for record in here])
        center = np.random.default_rng(10**9 + number).standard_normal(384) * 0.03
        here = records(120 * number, 120)
        for record in here:
            assert record.vector is not None
            record.vector[:] += center
        for start in (0, 64):
            await client.upsert(collection, here[start : start + 64])
        if await lost(client, collection, here):
            return here
    raise AssertionError(f"no chunk was lost in {_ROUNDS} rounds: is the graph another one now?")


async def test_chunks_that_hang_on_dead_entries_are_seen(tmp_path: Path) -> None:
    async with served(tmp_path / "chroma") as (client, collection):
        here = await with_lost_chunks(client, collection)
        missing = await not_found(client, collection, here)
        assert missing
        assert await lost(client, collection, here) == missing
        assert sorted(await lost_of_all(client, collection)) == sorted(missing)


async def test_in_a_graph_grown_anew_every_chunk_is_found(tmp_path: Path) -> None:
    async with served(tmp_path / "chroma") as (client, collection):
        here = await with_lost_chunks(client, collection)
        before = await client.get(collection)
        assert await regrow(client, collection) == []
        grown = await client.find(collection.name)
        assert grown is not None
        assert grown.id != collection.id
        assert grown.metadata["generation"] == collection.metadata["generation"] + 1
        assert await not_found(client, grown, here) == []
        assert await lost_of_all(client, grown) == []
        after = await client.get(grown)
        assert {(r.id, r.text, r.metadata["source"]) for r in after} == {
            (r.id, r.text, r.metadata["source"]) for r in before
        }


async def test_what_does_not_hold_is_not_taken_along(tmp_path: Path) -> None:
    async with served(tmp_path / "chroma") as (client, collection):
        staged = records(0, 3)
        for record, span in zip(staged, ((1, 0), (2, 0), (1, 1)), strict=True):
            dict.update(record.metadata, since=span[0], until=span[1])  # type: ignore[arg-type]
        await client.upsert(collection, staged)
        await regrow(client, collection)
        grown = await client.find(collection.name)
        assert grown is not None
        assert [record.id for record in await client.get(grown)] == ["chunk-0"]


async def test_one_chunk_among_the_living_is_connected(tmp_path: Path) -> None:
    async with served(tmp_path / "chroma") as (client, collection):
        here = records(0, 50)
        await client.upsert(collection, here)
        await client.delete(collection, ["chunk-7"])
        await connect(client, collection, [record.id for record in here])
        assert await client.count(collection) == 49  # and what is gone does not come back
        assert await lost(client, collection, here) == ["chunk-7"]


async def test_twins_stand_for_each_other(tmp_path: Path) -> None:
    async with served(tmp_path / "chroma") as (client, collection):
        twins = [
            Record(f"twin-{number}", "The same.", record.metadata, 0.0, record.vector)
            for number, record in enumerate(records(0, 1) * 30)
        ]
        await client.upsert(collection, twins)
        assert await lost(client, collection, twins) == []


def star() -> list[Record]:
    """One chunk that all others are nearer to than to each other."""
    center, *rays = records(0, 401)
    assert center.vector is not None
    for ray in rays:
        assert ray.vector is not None
        np.add(ray.vector, 0.59 * center.vector, out=ray.vector)
    return [center, *rays]


async def grown_star(client: ChromaClient, collection: Collection) -> tuple[list[str], Collection]:
    """A star grown anew until it has lost rays, as it mostly has: which, and where it is now."""
    await client.upsert(collection, star())
    for _ in range(20):
        missing = await make_found(client, collection, [star()[1].id])
        grown = await client.find(collection.name)
        assert grown is not None
        if missing:
            return missing, grown
        collection = grown
    raise AssertionError("no star has lost a ray: is the graph another one now?")


async def test_the_rays_of_a_star_are_reported(tmp_path: Path) -> None:
    async with served(tmp_path / "chroma") as (client, collection):
        missing, grown = await grown_star(client, collection)
        assert sorted(missing) == sorted(await not_found(client, grown, star()))


async def test_in_a_large_index_they_are_connected_and_all_looked_for(tmp_path: Path) -> None:
    async with served(tmp_path / "chroma") as (client, collection):
        here = await with_lost_chunks(client, collection)
        await client.upsert(collection, records(10**6, FEW))
        missing = await lost(client, collection, here) or [here[0].id]
        assert await make_found(client, collection, missing, at_any_cost=True) == []
        found = await client.find(collection.name)
        assert found is not None
        assert await lost_of_all(client, found) == []
        assert await client.count(found) == FEW + len(here)


async def test_what_cannot_be_found_is_not_tried_again(tmp_path: Path) -> None:
    async with served(tmp_path / "chroma") as (client, collection):
        missing, grown = await grown_star(client, collection)
        assert grown.metadata[HIDDEN] == len(missing)
        assert await make_found(client, grown, missing) == missing
        assert await client.find(collection.name) == grown


async def test_nothing_to_look_for_is_fine(tmp_path: Path) -> None:
    async with served(tmp_path / "chroma") as (client, collection):
        assert await lost(client, collection, []) == []
        assert await lost_of_all(client, collection) == []
