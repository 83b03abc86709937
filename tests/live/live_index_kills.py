"""The index server and its writers killed at random moments: nothing lost, nothing damaged.

`python -m bench.kills` does the same to the server by the hundred.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_stream.index.server import acquire_server
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.index_owner import owner
from tests.support.paths import ROOT
from tests.support.service import clean_environment

ROUNDS = 4
WRITER = """
import asyncio
from tests.live.live_index_kills import texts
from tests.support.corpus import fill
from rag_stream.settings import load_settings

async def main():
    for version in range(1, 1000):
        await fill(load_settings(), texts(version))
        print(version, flush=True)

asyncio.run(main())
"""


def texts(version: int) -> list[str]:
    """120 sentences unlike each other: near-duplicates can hide from any graph search."""
    words = random.Random(version)
    return [
        f"Version {version} " + " ".join(f"w{words.randrange(10**9)}" for _ in range(12))
        for _ in range(120)
    ]


@pytest.fixture
def own_folder(settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a server of their own, which outlives a killed writer."""
    folder = tmp_path / "data" / "chroma"
    lease = acquire_server(folder)
    yield settings.model_copy(update={"chroma_url": None, "chroma_path": folder})
    lease.close()


def environment(settings: Settings) -> dict[str, str]:
    return clean_environment(
        {
            "RAG_CHROMA_PATH": str(settings.chroma_path),
            "RAG_COLLECTION": settings.collection,
            "OPENAI_API_KEY": "sk-stand-in",
            "OPENAI_BASE_URL": str(settings.openai_base_url),
        }
    )


async def check(settings: Settings) -> None:
    """One whole version is seen; every stored vector can be read and searched."""
    runtime = Runtime(settings)
    try:
        snapshot = await runtime.index.snapshot()
        client = await runtime.index.client()
        stored = await client.get(snapshot.collection, vectors=True)
        held = {record.text for record in stored if snapshot.holds(record)}
        assert len(held) == 120
        assert len({text.split()[1] for text in held}) == 1
        for record in stored:
            assert record.vector is not None
            assert record.vector.size == 384
            if snapshot.holds(record):
                # As a question it finds itself: the graph has it too, not only the table.
                found = await runtime.index.search(snapshot, record.vector.tolist(), 4)
                assert found[0].distance < 1e-3, record.text
                assert {other.text for other in found} <= held
    finally:
        await runtime.aclose()


@pytest.mark.parametrize("victim", ["writer", "server"])
async def test_killed_at_random_moments(own_folder: Settings, victim: str) -> None:
    settings = own_folder
    await fill(settings, texts(0))
    seed = time.time_ns()
    moments = random.Random(seed)
    for _ in range(ROUNDS):
        writer = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            WRITER,
            env=environment(settings),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert writer.stdout is not None
        await writer.stdout.readline()  # it is in the middle of its work
        await asyncio.sleep(moments.uniform(0, 0.5))
        if victim == "server":
            os.kill(owner(settings.chroma_path), signal.SIGKILL)
        writer.kill()
        await writer.wait()
        try:
            await check(settings)
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
    await fill(settings, ["The last word."])
    runtime = Runtime(settings)
    found = await runtime.retriever.retrieve("word", options_of(runtime.settings, {}), {})
    assert [document.page_content for document in found.documents] == ["The last word."]
    assert await runtime.index.count(await runtime.index.snapshot()) == 1
    await runtime.aclose()


def test_every_chunk_is_found_after_kills_in_the_middle_of_changes() -> None:
    command = [sys.executable, "-m", "bench.kills", "--kills", "12", "--minutes", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "killed 12 times" in done.stdout
