"""A disk without room, told as that: what Chroma says of it is mostly something else."""

import errno
import os
import tempfile
from pathlib import Path

FULL = "the disk that holds the index (RAG_CHROMA_PATH) is full: make room there and try again"
FULL_ELSEWHERE = "the disk of the Chroma server (RAG_CHROMA_URL) is full"
ROOM = 1 << 20
"""What a start needs, with some to spare."""
WRITE_ROOM = 8 << 20
"""The same for one write: its log, the table's, and the graph."""
_ERRORS = (errno.ENOSPC, errno.EDQUOT)
_SAID = ("is full", "No space left", "quota exceeded")


def has_room(folder: Path, size: int = ROOM) -> bool:
    """Whether so many bytes could be written to the folder now; quotas count, too."""
    if not hasattr(os, "posix_fallocate"):
        return True  # macOS; Chroma's own words have to do
    try:
        # It has no name, or loses it at once.
        with tempfile.TemporaryFile(dir=folder) as trial:
            os.posix_fallocate(trial.fileno(), 0, size)
    except OSError as error:
        return error.errno not in _ERRORS
    return True


def told_full(answer: bytes, folder: Path | None, *, wrote: bool) -> str:
    """What to say of a server's failed answer where a full disk is behind it, else nothing.

    Of a full disk Chroma mostly says that it could not apply its log: its folder, where it is
    one of ours, is asked itself after a write.
    """
    if says_full(answer.decode(errors="replace")):
        return FULL if folder is not None else FULL_ELSEWHERE
    return FULL if folder is not None and wrote and not has_room(folder, WRITE_ROOM) else ""


def is_full(error: BaseException) -> bool:
    """Whether an error, or what caused it, is that of a full disk."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _ERRORS:
            return True
        if says_full(str(cause)):
            return True
        cause = cause.__cause__
    return False


def says_full(words: str) -> bool:
    return any(some in words for some in _SAID)
