"""One ingest at a time."""

import socket
import subprocess
import sys

import pytest

from rag_stream.errors import IndexBusyError
from rag_stream.indexing.lease import lease
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings


async def test_one_lease_at_a_time(runtime: Runtime, settings: Settings) -> None:
    client = await runtime.index.client()
    async with lease(client, settings.collection):
        with pytest.raises(IndexBusyError, match="another ingest"):
            async with lease(client, settings.collection):
                pass
    async with lease(client, settings.collection):
        pass


async def test_the_lease_of_a_dead_process_is_taken_over(
    runtime: Runtime, settings: Settings
) -> None:
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    )
    client = await runtime.index.client()
    holder = f"{dead.stdout.strip()}@{socket.gethostname()}"
    await client.create(f"{settings.collection}.ingest", {"holder": holder, "expires": 9e12})
    async with lease(client, settings.collection):
        pass


async def test_a_lease_of_another_machine_is_respected_until_it_runs_out(
    runtime: Runtime, settings: Settings
) -> None:
    client = await runtime.index.client()
    name = f"{settings.collection}.ingest"
    held = await client.create(name, {"holder": "1@elsewhere", "expires": 9e12})
    assert held is not None
    with pytest.raises(IndexBusyError, match="1@elsewhere"):
        async with lease(client, settings.collection):
            pass
    await client.set_metadata(held, {"holder": "1@elsewhere", "expires": 1.0})
    async with lease(client, settings.collection):
        pass
