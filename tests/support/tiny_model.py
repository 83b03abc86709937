"""The files of a model of 8 kB: put into a folder, and damaged."""

import hashlib
import os
from pathlib import Path

CONTENT = {"model.safetensors": b"weights " * 1000, "tokenizer.json": b"{}"}


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def put(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, data in CONTENT.items():
        (folder / name).write_bytes(data)
    return folder


def damage(folder: Path, *, mtime: float) -> None:
    """Another content of the same size, with `mtime` as its time of change."""
    path = folder / "model.safetensors"
    path.write_bytes(CONTENT[path.name].replace(b"w", b"v", 1))
    os.utime(path, (mtime, mtime))
