"""Copies of the graphs, and the log since: what an owner begins from after a crash.

Chroma keeps the vectors of a collection in a graph, five files that it writes over in place
after every 1,000 changes: the head, what changed, the names of the entries, and last, in its
database, the number of the last change that is in them. The log up to there it throws away.
Killed in the middle of that, it leaves files of two times, and the vectors stand nowhere else:
of 150 kills among 120 chunks two left a collection that could never be read again, others
lost chunks for searches.

So the log stays, up to a whole copy of the graph in `PATH.graphs/<graph>.<change>`. After a
crash each graph that was written to since its copy is put back to it, and Chroma adds from the
log what is missing, as it does at every start.

`python -P -m rag_stream.index.checkpoint PATH` takes the copies, beside a running server. The
standard library alone: the owner is to stay small.
"""

import fcntl
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag_stream.index.change_log import ChangeLog
from rag_stream.index.graph_files import NAMES, Graph, is_whole, rested_s, signature

SETTLED_S = 1.0
"""Files that have rested for so long are not being written to; that takes 0.3 s at most."""


def begin(folder: Path, *, crashed: bool) -> dict[str, int] | None:
    """Make the folder ready for a server, which must not run yet.

    Returns the collections to whose graphs the server will add from its log, with the change
    from which on; None where there is no database yet. One that cannot be read is left for the
    server to complain of.
    """
    try:
        with _alone(folder), ChangeLog.open(folder) as log:
            log.keep()
            for graph in log.graphs():
                copy = _copy_of(folder, graph.id)
                if crashed and not _is_untouched(graph, copy):
                    _put_back(log, graph, copy)
                elif copy is None and (graph.folder / NAMES).exists():
                    _take(log, folder, graph)  # from before there were copies
            return {
                graph.collection: graph.change
                for graph in log.graphs()
                if log.ids_since(graph.collection, graph.change)
            }
    except FileNotFoundError:
        return None
    except sqlite3.Error as error:
        print(f"the log could not be read: {error}", file=sys.stderr)
        return {}


def take(folder: Path, *, settled_s: float = SETTLED_S) -> None:
    """Copy the graphs that have changed and rest now; a server may be running.

    `settled_s` 0 is for who knows that nobody writes. Raises FileNotFoundError, sqlite3.Error.
    """
    with _alone(folder), ChangeLog.open(folder) as log:
        log.keep()
        _sweep(log, folder)
        for graph in log.graphs():
            if not (graph.folder / NAMES).exists() or rested_s(graph.folder) < settled_s:
                continue
            if not _is_untouched(graph, _copy_of(folder, graph.id)):
                _take(log, folder, graph)


def is_due(folder: Path) -> bool:
    """Whether there is a graph to copy; cheap, for a look now and then."""
    copied = {name: signature(copy) for name, _, copy in _copies(folder)}
    return any(
        copied.get(names.parent.name) != signature(names.parent)
        for names in folder.glob(f"*/{NAMES}")
        if rested_s(names.parent) > SETTLED_S
    )


def _sweep(log: ChangeLog, folder: Path) -> None:
    """Remove what Chroma leaves of a collection that was dropped, and its copy."""
    # Listed before the database is asked: a new graph is in there before it has files.
    there = [(head.parent.name, head.parent) for head in folder.glob("*/header.bin")]
    there += [(name, copy) for name, _, copy in _copies(folder)]
    known = {graph.id for graph in log.graphs()}
    for name, path in there:
        if name not in known:
            shutil.rmtree(path, ignore_errors=True)
    log.forget_dropped()


def _take(log: ChangeLog, folder: Path, graph: Graph) -> None:
    before = signature(graph.folder)
    if not is_whole(graph.folder):
        print(f"the graph {graph.id} is not whole and was not copied", file=sys.stderr)
        return
    place = _store(folder) / f"{graph.id}.{graph.change}"
    draft = place.with_name("draft")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(graph.folder, draft)
    for path in draft.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())  # the log goes because of it
    if signature(graph.folder) != before or log.change(graph.id) != graph.change:
        shutil.rmtree(draft)  # written to meanwhile
        return
    older = [copy for name, _, copy in _copies(folder) if name == graph.id]
    if place in older:
        shutil.rmtree(place)
    draft.rename(place)
    for copy in older:
        shutil.rmtree(copy, ignore_errors=True)
    log.trim(graph)


def _put_back(log: ChangeLog, graph: Graph, copy: Path | None) -> None:
    if copy is None and not log.has_all_of(graph):
        print(f"the graph {graph.id} has no copy and stays as it is", file=sys.stderr)
        return
    shutil.rmtree(graph.folder, ignore_errors=True)
    if copy is not None:
        draft = graph.folder.with_name(f"{graph.id}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(copy, draft)
        draft.rename(graph.folder)
    log.set_change(graph.id, 0 if copy is None else _change_of(copy))


def _is_untouched(graph: Graph, copy: Path | None) -> bool:
    """Whether the graph is as it was when it was copied."""
    if copy is None:
        return not signature(graph.folder) and graph.change == 0
    return _change_of(copy) == graph.change and signature(copy) == signature(graph.folder)


def _copy_of(folder: Path, graph: str) -> Path | None:
    found = [(change, copy) for name, change, copy in _copies(folder) if name == graph]
    return max(found)[1] if found else None


def _change_of(copy: Path) -> int:
    return int(copy.name.rpartition(".")[2])


def _copies(folder: Path) -> Iterator[tuple[str, int, Path]]:
    for path in _store(folder).glob("*.*"):
        name, _, change = path.name.rpartition(".")
        yield name, int(change), path


def _store(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.graphs")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait for the helper of an owner that was killed."""
    _store(folder).mkdir(mode=0o700, exist_ok=True)
    with (_store(folder) / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    take(Path(sys.argv[1]))
