"""A disk without room is told as that, with the setting that says where it is."""

import errno
import json
from pathlib import Path

import pytest

from rag_stream.index.full_disk import FULL, FULL_ELSEWHERE, has_room, is_full, says_full
from tests.support import own_mounts

SMALL = """
import subprocess, sys
options = ["-t", "tmpfs", "-o", "size=" + sys.argv[2], "none", sys.argv[1]]
subprocess.run(["mount", *options], check=True)
"""
HAS_ROOM = f"""{SMALL}
from pathlib import Path
from rag_stream.index.full_disk import has_room
top = Path(sys.argv[1])
print(has_room(top, 100_000), has_room(top, 10_000_000), list(top.iterdir()))
"""
WRITE = f"""{SMALL}
import asyncio
from pathlib import Path
import numpy as np
from rag_stream.errors import IndexUnavailableError
from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.server import acquire_server

async def main():
    folder = Path(sys.argv[1], "chroma")
    lease = acquire_server(folder)
    client = ChromaClient(
        lease.url, tenant="default_tenant", database="default_database", folder=folder
    )
    collection = await client.create("rag", {{"generation": 1}})
    random = np.random.default_rng(1)
    for part in range(10_000):
        await client.upsert(collection, [
            Record(f"{{part}}-{{i}}", "text " * 100, {{"n": i}}, 0.0,
                   random.standard_normal(384).astype("<f4"))
            for i in range(100)
        ])

try:
    asyncio.run(main())
except IndexUnavailableError as error:
    print(error)
"""
START = f"""{SMALL}
from pathlib import Path
from rag_stream.errors import IndexUnavailableError
from rag_stream.index.server import acquire_server
try:
    acquire_server(Path(sys.argv[1], "chroma"))
except IndexUnavailableError as error:
    print(error)
"""


def on_a_small_disk(top: Path, size: str, script: str) -> str:
    done = own_mounts.run(script, str(top), size)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_room_is_asked_for_and_given_back(tmp_path: Path) -> None:
    assert on_a_small_disk(tmp_path, "1m", HAS_ROOM) == "True False []"
    assert has_room(tmp_path / "missing")  # another failure, which is told as what it is


# The log has no room; the table has none; the graph has none.
@pytest.mark.parametrize("size", ["300k", "3m", "12m"])
def test_a_write_to_a_full_disk(tmp_path: Path, size: str) -> None:
    assert on_a_small_disk(tmp_path, size, WRITE) == FULL


@pytest.mark.parametrize("size", ["4k", "60k"])
def test_a_start_on_a_full_disk(tmp_path: Path, size: str) -> None:
    assert on_a_small_disk(tmp_path, size, START) == FULL


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_an_error_of_the_system_or_the_engine(number: int) -> None:
    full = OSError(number, "no room")
    wrapped = RuntimeError("damaged")
    wrapped.__cause__ = full
    assert is_full(full)
    assert is_full(wrapped)
    assert is_full(ValueError("IoError: No space left on device (os error 28)"))
    assert not is_full(OSError(errno.EACCES, "denied"))


def test_what_chroma_says_of_it() -> None:
    answer = {"error": "InternalError", "message": "(code: 13) database or disk is full"}
    assert says_full(json.dumps(answer))
    assert not says_full("the collection is gone")


def test_the_words_name_the_setting_and_nothing_internal() -> None:
    assert "RAG_CHROMA_PATH" in FULL
    assert "RAG_CHROMA_URL" in FULL_ELSEWHERE
    assert "status" not in FULL + FULL_ELSEWHERE
