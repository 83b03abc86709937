"""The files of a lexical index: whether they are sound, and which folders are of no use.

Files are never changed once written; `sums.json` has their checksums, because the engine
itself looks at them only as far as it needs to, and what is damaged must be noticed before
it is mapped into memory and believed.
"""

import fcntl
import json
import mmap
import os
import shutil
import zlib
from contextlib import suppress
from pathlib import Path


def data_files(folder: Path) -> set[str]:
    """The data files of the folder's current version."""
    meta = json.loads((folder / "meta.json").read_text())
    segments = {segment["segment_id"].replace("-", "") for segment in meta["segments"]}
    return {path.name for path in folder.iterdir() if path.name.partition(".")[0] in segments}


def checksum(path: Path) -> int:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return 0
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return zlib.crc32(content)


def read_sums(folder: Path) -> dict[str, int]:
    try:
        return dict(json.loads((folder / "sums.json").read_text()))
    except FileNotFoundError:
        return {}  # its writer died before it came so far


def note_sums(folder: Path) -> None:
    known = read_sums(folder)
    sums = {
        name: known[name] if name in known else checksum(folder / name)
        for name in sorted(data_files(folder))
    }
    new = folder / "sums.json.new"
    new.write_text(json.dumps(sums))
    new.replace(folder / "sums.json")


def remove_unused(base: Path, keep: Path, name: str) -> None:
    """Remove the folders beside `keep` that were made for a collection of that name.

    Those that some process has open stay. The caller is the only one to write.
    """
    for folder in base.iterdir():
        if folder == keep or not folder.is_dir():
            continue
        with suppress(OSError):
            made_for = (folder / "collection").read_text()
            if made_for.removesuffix(".new") != name.removesuffix(".new"):
                continue
            hold = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(hold)
