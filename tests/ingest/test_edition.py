"""Which readers these are."""

import ast
from collections.abc import Iterable
from importlib.metadata import packages_distributions, requires
from inspect import getsourcefile
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ingest.chunking.split import split
from ingest.edition import LIBRARIES, code, edition, edition_of
from rag_stream.indexing.diff import chunks_of
from rag_stream.indexing.smoothing import places
from rag_stream.text.labels import standing
from tests.support.paths import ROOT

OF_THE_WEB = {"httpx", "httpcore"}
"""They bring pages, and read none."""


OF_NO_TEXT = {"certifi", "typing-extensions"}
"""Whom to trust on the web, and words for type checkers."""
CARRIES = {"langchain-core"}
"""It carries texts; what it requires itself is there to call models."""


def requirements_of(names: Iterable[str]) -> set[str]:
    """These libraries and all that they require here, and so on."""
    found: set[tuple[str, str]] = set()
    left = [(name, "") for name in names]
    while left:
        name, extra = one = left.pop()
        if one in found:
            continue
        found.add(one)
        for line in () if name in CARRIES else requires(name) or ():
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                left += [(canonicalize_name(wanted.name), more) for more in ("", *wanted.extras)]
    return {name for name, _ in found}


def test_every_library_that_readers_import_counts_with_all_that_it_requires() -> None:
    owners = packages_distributions()
    imported = set()
    for room in ("sources", "chunking"):
        for path in (ROOT / "ingest" / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module:
                    imported.add(node.module.partition(".")[0])
                elif isinstance(node, ast.Import):
                    imported |= {alias.name.partition(".")[0] for alias in node.names}
    found = {canonicalize_name(name) for module in imported for name in owners.get(module, ())}
    found -= OF_THE_WEB | {"rag-stream", "rag-stream-service"}
    assert len(found) > 8
    wanted = requirements_of(found)
    assert {"lxml-html-clean", "soupsieve"} <= wanted
    assert wanted - OF_NO_TEXT <= set(LIBRARIES)


def test_what_says_where_a_chunk_stands_counts() -> None:
    """A vector leans on that, and nobody looks at it again where a file is not read."""
    known = [file for place in code() for file in (place, *place.rglob("*.py"))]
    for function in (places, standing, chunks_of, split):
        assert Path(getsourcefile(function) or "") in known


def test_every_module_of_ours_that_readers_import_counts_or_only_brings_pages() -> None:
    known = {"errors", "http", "child_environment", "text"}  # of an error the text is told anew
    known |= {"indexing"}  # `roots`, which names things
    used = set()
    for room in ("sources", "chunking"):
        for path in (ROOT / "ingest" / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom) and str(node.module).startswith("rag_stream."):
                    used.add(str(node.module).split(".")[1])
    assert used == known


def test_it_changes_with_the_code_and_with_the_libraries(tmp_path: Path) -> None:
    room, alone = tmp_path / "room", tmp_path / "alone.py"
    (room / "inner").mkdir(parents=True)
    ours = [room, alone]
    assert edition_of(ours, ()) is None  # as in an archive, where there are no files
    alone.write_text("a = 1")
    assert edition_of(ours, ()) is None
    (room / "inner" / "a.py").write_text("b = 1")
    found = {edition_of(ours, ()), edition_of(ours, ("pytest",)), edition_of(ours, ("no-such",))}
    (room / "inner" / "a.py").write_text("b = 2")
    found.add(edition_of(ours, ()))
    (room / "b.py").write_text("")
    found.add(edition_of(ours, ()))
    (room / "notes.txt").write_text("")
    assert edition_of(ours, ()) in found
    assert len(found) == 5
    assert None not in found
    assert edition() == edition()
    assert edition() is not None
