"""The order of the rooms: no circle of imports, nothing that knows what is above it."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support.paths import ROOT

SOURCES = {
    "rag_stream": ROOT / "packages" / "rag_stream" / "rag_stream",
    "app": ROOT / "app",
    "ingest": ROOT / "ingest",
    "bench": ROOT / "bench",
}
MAY_IMPORT = {
    "rag_stream": {"rag_stream"},
    "app": {"app", "rag_stream"},
    "ingest": {"ingest", "rag_stream"},
}


def _name(top: str, path: Path) -> str:
    parts = [top, *path.relative_to(SOURCES[top]).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _is_ours(path: Path, folder: Path) -> bool:
    # `make bench` installs its peers into folders with a dot.
    return not any(part.startswith(".") for part in path.relative_to(folder).parts)


FILES = {
    _name(top, path): path
    for top, folder in SOURCES.items()
    for path in folder.rglob("*.py")
    if _is_ours(path, folder)
}


def _imports(path: Path) -> Iterator[str]:
    """Every module a file imports, in functions and for types too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: expected absolute imports"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in FILES else str(node.module)


GRAPH = {name: set(_imports(path)) for name, path in FILES.items()}


def _room(name: str) -> str:
    """The folder at the top that a module lies in; a file at the top is a room of its own."""
    return ".".join(name.split(".")[:2])


def _rooms(top: str) -> dict[str, set[str]]:
    rooms: dict[str, set[str]] = {}
    for name, imported in GRAPH.items():
        if name.split(".")[0] != top or name == top:  # the root is lazy and leads to all
            continue
        others = {_room(other) for other in imported if other in FILES and other != top}
        rooms.setdefault(_room(name), set()).update(others - {_room(name)})
    return rooms


@pytest.mark.parametrize("top", SOURCES)
def test_no_circle_of_files(top: str) -> None:
    # Raises with the circle's members.
    TopologicalSorter({n: GRAPH[n] - {top} for n in GRAPH if n.split(".")[0] == top}).prepare()


@pytest.mark.parametrize("top", MAY_IMPORT)
def test_no_circle_of_rooms(top: str) -> None:
    TopologicalSorter(_rooms(top)).prepare()


@pytest.mark.parametrize("top", MAY_IMPORT)
def test_nothing_knows_what_is_above_it(top: str) -> None:
    known = {
        (name, imported)
        for name in GRAPH
        if name.split(".")[0] == top
        for imported in GRAPH[name]
        if imported.split(".")[0] in {*SOURCES, "tests"} - MAY_IMPORT[top]
    }
    assert not known


def test_one_room_knows_chroma() -> None:
    knows = {_room(name) for name, imported in GRAPH.items() if _is_chroma(imported)}
    assert knows <= {"rag_stream.index", "rag_stream.vector_store", "bench.servers"}


def _is_chroma(imported: set[str]) -> bool:
    return any(name.split(".")[0] in ("chromadb", "chromadb_rust_bindings") for name in imported)


@pytest.mark.parametrize(
    "path", [path for path in FILES.values() if path.name == "__init__.py"], ids=str
)
def test_a_room_says_what_it_is_for_and_hands_nothing_on(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree)
    if path != SOURCES["rag_stream"] / "__init__.py" and "bench" not in path.parts:
        assert len(tree.body) == 1
