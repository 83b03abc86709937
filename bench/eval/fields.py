"""Fields of a data set's files: read, or complained of by name."""

from pathlib import Path
from typing import Any


class DatasetError(Exception):
    """What is wrong with a folder: the file, the row and the field."""


def read_text(path: Path) -> str:
    """A file's text as it is. Raises DatasetError."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: expected UTF-8, got {error.reason} at {error.start}") from None
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}") from None


def place(value: Any, where: str) -> int:
    """A number from 0 up. Raises DatasetError."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise DatasetError(f"{where}: expected a number from 0 up, got {value!r}")
    return value


def text(value: Any, where: str) -> str:
    """Words, not only blanks. Raises DatasetError."""
    if not isinstance(value, str) or not value.strip():
        raise DatasetError(f"{where}: expected text, got {value!r}")
    return value
