"""Which readers these are, in one word: by their own code and the libraries that they read with.

Found out, not kept up by hand: who changes how anything is read, or cut, need not think of it.
"""

import hashlib
import sys
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rag_stream.indexing import diff
from rag_stream.text import headings

LIBRARIES = (
    "beautifulsoup4",
    "chardet",
    "courlan",
    "docutils",
    "htmldate",
    "justext",
    "langchain-core",
    "langchain-text-splitters",
    "lxml",
    "markdown-it-py",
    "mdit-py-plugins",
    "mdurl",
    "pyyaml",
    "trafilatura",
)
"""What a text may depend on, with what these lean on."""
_HERE = Path(__file__).parent


@cache
def edition() -> str | None:
    """That of these readers; see `edition_of`."""
    rooms = (_HERE / "sources", _HERE / "chunking", Path(headings.__file__).parent)
    return edition_of([*rooms, Path(diff.__file__)], LIBRARIES)


def edition_of(code: Iterable[Path], libraries: Iterable[str]) -> str | None:
    """The same for the same readers; None where their code cannot be looked at.

    `code`: files, and folders of them.
    """
    found = hashlib.sha256(sys.version.encode())
    try:
        for place in code:
            files = [place] if place.is_file() else sorted(place.rglob("*.py"))
            if not files:
                return None
            for file in files:
                found.update(b"\0".join((file.name.encode(), file.read_bytes(), b"")))
    except OSError:
        return None
    for name in libraries:
        found.update(f"{name} {_version(name)}\0".encode())
    return found.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
