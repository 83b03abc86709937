"""What loading multilingual-e5-small takes, leaves and needs."""

import os
import subprocess
import sys
from pathlib import Path

from rag_stream.models.local.e5 import MultilingualE5
from rag_stream.models.local.manifest import E5, E5_FILE
from tests.support.e5 import published

PROGRAM = """
import socket, sys

def refused(*args, **named):
    raise AssertionError("the network was asked for")

socket.socket.connect = socket.getaddrinfo = refused
from rag_stream.models.local.embeddings import E5Embeddings
E5Embeddings().embed_documents(["Guten Tag. " * 300] * 8)
with open("/proc/self/status") as status:
    (anonymous,) = [line.split()[1] for line in status if line.startswith("RssAnon")]
print(anonymous, *sys.modules)
"""


def test_it_needs_no_network_and_little_memory_and_leaves_no_trace(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    anonymous, *modules = done.stdout.split()
    # Its own and that of Python, numpy and onnxruntime; the vectors of words are in the file.
    assert int(anonymous) < 260_000
    assert not {"torch", "tokenizers", E5.package} & set(modules)
    assert list(tmp_path.rglob("*")) == []


def test_the_file_may_be_a_link_in_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / E5_FILE).symlink_to(published())
    tmp_path.chmod(0o500)
    try:
        model = MultilingualE5(tmp_path, 1)
        assert model.run(model.prepare(["hello", ""])).shape == (2, 384)
        assert [path.name for path in tmp_path.iterdir()] == [E5_FILE]
    finally:
        tmp_path.chmod(0o700)
