"""Which readers these are, in one word: by their own code and the libraries that they read with.

Found out, not kept up by hand: who changes how anything is read, or cut, need not think of it.
"""

import hashlib
import sys
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rag_stream.indexing import diff, smoothing
from rag_stream.text import headings

LIBRARIES = (
    "babel",
    "beautifulsoup4",
    "chardet",
    "charset-normalizer",
    "courlan",
    "dateparser",
    "docutils",
    "htmldate",
    "justext",
    "langchain-core",
    "langchain-text-splitters",
    "lxml",
    "lxml-html-clean",
    "markdown-it-py",
    "mdit-py-plugins",
    "mdurl",
    "python-dateutil",
    "pytz",
    "pyyaml",
    "regex",
    "six",
    "soupsieve",
    "tld",
    "trafilatura",
    "tzdata",
    "tzlocal",
    "urllib3",
)
"""What a text may depend on, with all that these lean on: a test goes through what they require."""
_HERE = Path(__file__).parent


@cache
def edition() -> str | None:
    """That of these readers; see `edition_of`."""
    return edition_of(code(), LIBRARIES)


def code() -> list[Path]:
    """All that says what becomes of a file's bytes, and where each chunk of it stands.

    For what is not read anew is not compared with what the index has, either.
    """
    rooms = [_HERE / "sources", _HERE / "chunking", Path(headings.__file__).parent]
    return [*rooms, *(Path(str(module.__file__)) for module in (diff, smoothing))]


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
