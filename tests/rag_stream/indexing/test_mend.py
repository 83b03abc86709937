"""The program that goes over an index after its server came back."""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from rag_stream.index.client import ChromaClient, Collection
from rag_stream.index.folder import inside
from rag_stream.index.server import acquire_server
from rag_stream.index.upkeep import mending
from rag_stream.indexing import mend
from rag_stream.indexing.findable import lost_of_all
from rag_stream.indexing.lease import lease
from rag_stream.indexing.swap import begin_new
from tests.rag_stream.indexing.test_findable import with_lost_chunks
from tests.support.index_folder import NAME, crash, end, records, served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "chroma"


def url_of(folder: Path) -> str:
    return str(json.loads(inside(folder, "address").read_text())["url"])


async def start(folder: Path, url: str, which: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-P", "-m", mend.__name__, str(folder), url, which),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def ended(program: asyncio.subprocess.Process) -> tuple[bytes, bytes]:
    """What it said on its outputs; its input stays open meanwhile, as its owner's does."""
    assert program.stdout is not None
    assert program.stderr is not None
    said = await asyncio.gather(program.stdout.read(), program.stderr.read())
    await program.wait()
    return said[0], said[1]


async def newest(client: ChromaClient) -> Collection:
    found = await client.find(NAME)
    assert found is not None
    return found


async def test_lost_chunks_are_found_again(folder: Path) -> None:
    async with served(folder) as (client, collection):
        here = await with_lost_chunks(client, collection)
        program = await start(folder, url_of(folder), "all")
        out, told = await ended(program)
        assert (program.returncode, out) == (0, b"ready\n")
        assert b"chunks are not found" in told
        collection = await newest(client)
        assert await lost_of_all(client, collection) == []
        assert await client.count(collection) == len(here)


async def test_chunks_that_were_added_from_the_log_are_found_again(folder: Path) -> None:
    async with served(folder) as (client, collection):
        await with_lost_chunks(client, collection)
        program = await start(folder, url_of(folder), json.dumps({collection.id: 0}))
        assert (await ended(program))[0] == b"ready\n"
        assert await lost_of_all(client, await newest(client)) == []


async def test_what_was_not_added_from_the_log_is_not_looked_for(folder: Path) -> None:
    async with served(folder) as (client, collection):
        await with_lost_chunks(client, collection)
        program = await start(folder, url_of(folder), json.dumps({collection.id: 10**9}))
        assert (await ended(program))[0] == b"ready\n"
        assert await newest(client) == collection


async def test_it_leaves_collections_alone_that_are_no_index(folder: Path) -> None:
    async with served(folder) as (client, _):
        other = await client.create("notes", {"made by": "somebody else"})
        assert other is not None
        await with_lost_chunks(client, other)
        program = await start(folder, url_of(folder), "all")
        await ended(program)
        assert await client.find("notes") == other


async def test_an_index_whose_swap_was_cut_off_is_gone_over_in_its_place(folder: Path) -> None:
    async with served(folder) as (client, collection):
        new = await begin_new(client, NAME, collection.metadata)
        here = await with_lost_chunks(client, new)
        await client.set_metadata(new, {**collection.metadata, "generation": 2})
        await client.rename(collection, f"{NAME}.old")
        assert await client.find(NAME) is None
        program = await start(folder, url_of(folder), "all")
        assert (await ended(program))[0] == b"ready\n"
        collection = await newest(client)
        assert collection.metadata["generation"] == 3
        assert await lost_of_all(client, collection) == []
        assert await client.count(collection) == len(here)


async def test_a_swap_that_was_cut_off_is_finished(folder: Path) -> None:
    async with served(folder) as (client, collection):
        new = await begin_new(client, NAME, collection.metadata)
        await client.upsert(new, records(0, 10))
        await client.set_metadata(new, {**collection.metadata, "generation": 2})
        await client.rename(collection, f"{NAME}.old")
        program = await start(folder, url_of(folder), "all")
        await ended(program)
        assert (await newest(client)).id == new.id


@pytest.mark.parametrize("which", ["all", "behind"])
async def test_it_does_not_write_beside_an_ingest(folder: Path, which: str) -> None:
    async with served(folder) as (client, collection):
        await with_lost_chunks(client, collection)
        async with lease(client, NAME):
            asked = which if which == "all" else json.dumps({collection.id: 0})
            program = await start(folder, url_of(folder), asked)
            assert program.stderr is not None
            assert b"are not found" in await program.stderr.readline()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await program.wait()
            assert await newest(client) == collection
        await ended(program)
        assert program.returncode == 0
        assert await newest(client) != collection


async def test_a_server_that_ends_meanwhile_ends_it(folder: Path) -> None:
    async with served(folder) as (client, collection):
        await client.upsert(collection, records(0, 10))
        url = url_of(folder)
        end(folder)
        program = await start(folder, url, "all")
        out, told = await ended(program)
        assert (program.returncode, out) == (1, b"ready\n")
        assert b"not all chunks were looked for" in told


async def test_it_lets_the_others_in_while_it_waits_for_an_ingest(folder: Path) -> None:
    async with served(folder) as (client, collection):
        await with_lost_chunks(client, collection)
        async with lease(client, NAME):
            program = await start(folder, url_of(folder), "all")
            assert program.stdout is not None
            assert await program.stdout.readline() == b"ready\n"
            assert program.returncode is None
        assert await ended(program) != (b"", b"")
        assert await lost_of_all(client, await newest(client)) == []


async def test_it_ends_with_its_owner(folder: Path) -> None:
    async with served(folder) as (client, collection):
        await with_lost_chunks(client, collection)
        async with lease(client, NAME):
            program = await start(folder, url_of(folder), "all")
            assert program.stdin is not None
            assert program.stderr is not None
            assert b"are not found" in await program.stderr.readline()
            program.stdin.close()
            await ended(program)
        assert program.returncode == 1
        assert await newest(client) == collection


async def test_after_a_crash_it_is_done_before_anybody_is_let_in(folder: Path) -> None:
    async with served(folder) as (client, collection):
        await with_lost_chunks(client, collection)
        crash(folder)
    async with served(folder) as (client, collection):
        assert await lost_of_all(client, collection) == []


async def test_a_new_owner_killed_in_the_middle_of_it_is_followed_by_another(
    folder: Path,
) -> None:
    async with served(folder) as (client, collection):
        await client.upsert(collection, records(0, 1_500))
        crash(folder)
    waiting = asyncio.create_task(asyncio.to_thread(acquire_server, folder))
    await asyncio.to_thread(_until_mending, folder)
    os.kill(int(mending(folder).split()[1]), signal.SIGKILL)
    (await waiting).close()
    async with served(folder) as (client, collection):
        assert await client.count(collection) == 1_500
        assert await lost_of_all(client, collection) == []


def _until_mending(folder: Path) -> None:
    while not mending(folder):
        time.sleep(0.001)
