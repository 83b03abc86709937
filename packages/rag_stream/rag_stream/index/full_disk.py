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
    try:
        # It has no name, or loses it at once.
        with tempfile.TemporaryFile(dir=folder) as trial:
            os.posix_fallocate(trial.fileno(), 0, size)
    except OSError as error:
        return error.errno not in _ERRORS
    return True


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
