"""The index folder: one however it is named, and for nobody else's eyes.

What belongs to it lies in it, so that a link, a bind mount, another spelling or another
container lead to the same locks:

- `owner.lock`: the server holds it exclusively as long as it lives;
- `owner.users`: every user holds it shared; when the server can take it exclusively, nobody is
  left. The kernel gives locks back when a process dies, however it dies, so neither a killed
  server nor a killed user leaves anything to clean up;
- `owner.address`: where the lock's holder can be reached. Without a holder it means nothing;
- `owner.socket`: where the holder's socket lies, for who cleans up after it;
- `owner.log`: what the server and Chroma had to say;
- `unclosed`, `copies`: what is needed after a crash (`upkeep.py`);
- `lexical`: the index by words.

The rest is Chroma's. The standard library alone: the owner is to stay small.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import IO

FOLDER_MODE = 0o700
FILE_MODE = 0o600
UMASK = 0o077
_OURS = ("owner.", "chroma.sqlite3", "unclosed", "copies")
_OTHERS = 0o077


def open_folder(path: Path) -> Path:
    """Make the folder where it is missing; its real path. Raises OSError.

    One that others could read, from before or from elsewhere, is closed to them where it is
    this account's.
    """
    path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder = path.resolve(strict=True)
    _close_to_others(folder)
    for part in folder.iterdir():
        # It may hold other things than the index, too.
        if part.name.startswith(_OURS) or part == lexical_folder(folder) or is_graph(part.name):
            close_to_others(part)
    return folder


def inside(folder: Path, what: str) -> Path:
    """One of the files that lie in the folder beside Chroma's."""
    return folder / f"owner.{what}"


def lexical_folder(folder: Path) -> Path:
    """Where the index by words lies."""
    return folder / "lexical"


def open_lock(path: Path) -> IO[bytes]:
    """Open the file for a lock on it. Raises OSError."""
    return os.fdopen(create(path, os.O_RDWR), "r+b")


def create(path: Path, flags: int) -> int:
    """Open a file of the folder, for this account alone. Raises OSError."""
    return os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)


def close_to_others(path: Path) -> None:
    """Leave a file, or a folder and all that is in it, to this account, whose it is."""
    _close_to_others(path)
    if path.is_symlink():
        return
    for below, folders, files in os.walk(path):
        for name in (*folders, *files):
            _close_to_others(Path(below, name))


def is_graph(name: str) -> bool:
    """Whether Chroma names the folder of a graph so; others in the folder are not ours."""
    return [len(part) for part in name.split("-")] == [8, 4, 4, 4, 12]  # an id, a folder each


def _close_to_others(path: Path) -> None:
    with suppress(OSError):  # a server at work removes files; some file systems have no modes
        found = path.lstat()
        is_folder = stat.S_ISDIR(found.st_mode)
        if not (is_folder or stat.S_ISREG(found.st_mode)) or found.st_uid != os.geteuid():
            return
        # A folder with this bit is everybody's on purpose, as /tmp is.
        if found.st_mode & _OTHERS and not found.st_mode & stat.S_ISVTX:
            path.chmod(FOLDER_MODE if is_folder else FILE_MODE)
