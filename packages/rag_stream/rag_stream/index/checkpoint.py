"""Copies of the graphs, and the log since: what an owner begins from after a crash.

Chroma keeps the vectors of a collection in a graph, five files that it writes over in place
after every 1,000 changes: the head, what changed, the names of the entries, and last, in its
database, the number of the last change that is in them. The log up to there it throws away.
Killed in the middle of that, it leaves files of two times, and the vectors stand nowhere else:
of 150 kills among 120 chunks two left a collection that could never be read again, others
lost chunks for searches.

So the log stays, up to a whole copy of the graph in `PATH/copies/<graph>.<change>`. After a
crash each graph that was written to since its copy is put back to it, and Chroma adds from the
log what is missing, as it does at every start.

`python -P -m rag_stream.index.checkpoint PATH` takes the copies, beside a running server. The
standard library alone: the owner is to stay small.
"""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag_stream.index.change_log import DAMAGES, ChangeLog
from rag_stream.index.folder import is_graph
from rag_stream.index.graph_files import Graph, has_files, is_whole, rested_s, signature

STORE = "copies"
SETTLED_S = 1.0
"""Files that have rested for so long are not being written to; that takes 0.3 s at most."""


def begin(folder: Path, *, crashed: bool) -> dict[str, int]:
    """Make the folder ready for a server, which must not run yet; there is a database.

    Returns the collections to whose graphs the server will add from its log, with the change
    from which on. Raises one of DAMAGES, and then the copies are to be left alone: as they
    are, they may be what the next owner needs.
    """
    with _alone(folder), ChangeLog.open(folder) as log:
        log.keep()
        for graph in log.graphs():
            copy = _copy_of(folder, graph)
            if _is_untouched(graph, copy):
                continue
            # On a full disk a graph may be left in half without any crash.
            if crashed or (has_files(graph.folder) and not is_whole(graph.folder)):
                _put_back(log, graph, copy)
            elif copy is None and has_files(graph.folder):
                _try_to_take(log, folder, graph)  # from before there were copies
        return {
            graph.collection: graph.change
            for graph in log.graphs()
            if log.ids_since(graph.collection, graph.change)
        }


def take(folder: Path, *, settled_s: float = SETTLED_S) -> bool:
    """Copy the graphs that have changed and rest now; a server may be running.

    Returns whether all could be made that are due; what could not is told, and the log stays.
    `settled_s` 0 is for who knows that nobody writes. Raises one of DAMAGES.
    """
    with _alone(folder), ChangeLog.open(folder) as log:
        log.keep()
        _sweep(log, folder)
        taken = [
            _try_to_take(log, folder, graph)
            for graph in log.graphs()
            if has_files(graph.folder)
            and rested_s(graph.folder) >= settled_s
            and not _is_untouched(graph, _copy_of(folder, graph))
        ]
    return all(taken)


def is_due(folder: Path) -> bool:
    """Whether there is a graph to copy; cheap, for a look now and then. Raises OSError."""
    copied = {name: signature(copy) for name, _, copy in _copies(folder)}
    return any(
        copied.get(graph.name) != signature(graph)
        for graph in (head.parent for head in folder.glob("*/header.bin"))
        if has_files(graph) and rested_s(graph) > SETTLED_S
    )


def _sweep(log: ChangeLog, folder: Path) -> None:
    """Remove what Chroma leaves of a collection that was dropped, and its copy."""
    # Listed before the database is asked: a new graph is in there before it has files.
    there = [(head.parent.name, head.parent) for head in folder.glob("*/header.bin")]
    there += [(name, copy) for name, _, copy in _copies(folder)]
    known = {graph.id for graph in log.graphs()}
    for name, path in there:
        if name not in known and is_graph(name):
            shutil.rmtree(path, ignore_errors=True)
    log.forget_dropped()


def _try_to_take(log: ChangeLog, folder: Path, graph: Graph) -> bool:
    try:
        _take(log, folder, graph)
    except OSError as error:  # a full disk: the older copy and the log since are as good
        print(f"the graph {graph.id} could not be copied: {error}", file=sys.stderr)
        return False
    return True


def _take(log: ChangeLog, folder: Path, graph: Graph) -> None:
    before = signature(graph.folder)
    if not is_whole(graph.folder):
        print(f"the graph {graph.id} is not whole and was not copied", file=sys.stderr)
        return
    place = _store(folder) / f"{graph.id}.{graph.change}"
    draft = place.with_name("draft")
    try:
        _copy(graph.folder, draft)
        if signature(graph.folder) != before or log.change(graph.id) != graph.change:
            return  # written to meanwhile
        older = [copy for name, _, copy in _copies(folder) if name == graph.id]
        if place in older:
            shutil.rmtree(place)
        draft.rename(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _sync(place.parent)
    for copy in older:
        if copy != place:
            shutil.rmtree(copy, ignore_errors=True)
    log.trim(graph)


def _put_back(log: ChangeLog, graph: Graph, copy: Path | None) -> None:
    if copy is None and not log.has_all_of(graph):
        print(f"the graph {graph.id} has no copy and stays as it is", file=sys.stderr)
        return
    # First what may fail, then what cannot be undone; killed anywhere, it is done once more.
    log.set_change(graph.id, 0 if copy is None else _change_of(copy))
    shutil.rmtree(graph.folder, ignore_errors=True)
    if copy is None:
        return
    draft = copy.with_name("draft")
    try:
        _copy(copy, draft)
        draft.rename(graph.folder)
    except OSError as error:
        print(f"the copy of {graph.id} is taken itself: {error}", file=sys.stderr)
        copy.rename(graph.folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _copy(source: Path, draft: Path) -> None:
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(source, draft)
    for path in (*draft.iterdir(), draft):
        _sync(path)


def _sync(path: Path) -> None:
    """Have it on the disk: the log goes because of it."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _is_untouched(graph: Graph, copy: Path | None) -> bool:
    """Whether the graph is as it was when it was copied."""
    if copy is None:
        return not signature(graph.folder) and graph.change == 0
    return _change_of(copy) == graph.change and signature(copy) == signature(graph.folder)


def _copy_of(folder: Path, graph: Graph) -> Path | None:
    """The newest; one that is ahead of the database is of another folder's past."""
    found = [
        (change, copy)
        for name, change, copy in _copies(folder)
        if name == graph.id and change <= graph.change
    ]
    return max(found)[1] if found else None


def _change_of(copy: Path) -> int:
    return int(copy.name.rpartition(".")[2])


def _copies(folder: Path) -> Iterator[tuple[str, int, Path]]:
    for path in _store(folder).glob("*.*"):
        name, _, change = path.name.rpartition(".")
        if change.isdigit():
            yield name, int(change), path


def _store(folder: Path) -> Path:
    return folder / STORE


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait for the helper of an owner that was killed."""
    _store(folder).mkdir(mode=0o700, exist_ok=True)
    with (_store(folder) / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Returns the exit code: 1 where a copy could not be made."""
    try:
        return 0 if take(Path(sys.argv[1])) else 1
    except DAMAGES as error:
        print(f"the graphs could not be copied: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
