"""The files of one collection's graph, as Chroma leaves them in its folder."""

import pickle
import struct
import time
from pathlib import Path
from typing import NamedTuple, NoReturn

NAMES = "index_metadata.pickle"
"""Written last; without it Chroma takes the other files for none."""
_HEAD = struct.Struct("<iQQQQ")
"""Version, offset, capacity, entries, bytes an entry."""
_UNREADABLE = (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError)
"""What damaged files lead to, besides the errors that the formats have of their own."""

Signature = tuple[tuple[str, int, int], ...]


class Graph(NamedTuple):
    """A collection's graph: its files, and the last change of the log that is in them.

    Not a dataclass: to import those takes the index server a tenth of its start.
    """

    id: str
    collection: str
    folder: Path
    change: int


def has_files(graph: Path) -> bool:
    """Whether Chroma has written it to disk; it does so after 1,000 changes."""
    return (graph / NAMES).exists()


def signature(graph: Path) -> Signature:
    """Differs whenever the files were written to; empty where there are none."""
    try:
        stats = [(path.name, path.stat()) for path in graph.iterdir()]
    except FileNotFoundError:
        return ()
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats))


def rested_s(graph: Path) -> float:
    """For how long the files have not been written to."""
    return time.time() - max((at for _, at, _ in signature(graph)), default=0) / 1e9


def is_whole(graph: Path) -> bool:
    """Whether the files are of one time, as far as their sizes and names tell."""
    try:
        head = (graph / "header.bin").read_bytes()[: _HEAD.size]
        _, _, capacity, count, size = _HEAD.unpack(head)
        with (graph / NAMES).open("rb") as file:
            names = _PlainUnpickler(file).load()
        level0 = (graph / "data_level0.bin").stat().st_size
        links = (graph / "link_lists.bin").stat().st_size
        named = names["total_elements_added"] == count >= len(names["id_to_label"])
    except (*_UNREADABLE, struct.error, pickle.UnpicklingError):
        return False
    # Files of two times may have any length: one had 100 GB, most of it holes. The links of
    # the upper levels take a fraction of level 0.
    fits = count * size <= level0 <= capacity * size and links <= capacity * size
    return bool(named and fits)


class _PlainUnpickler(pickle.Unpickler):
    """Of dictionaries, texts and numbers: nothing that runs."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"expected plain data, got {module}.{name}")
