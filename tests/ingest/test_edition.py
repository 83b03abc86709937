"""Which readers these are."""

import ast
from importlib.metadata import packages_distributions
from pathlib import Path

from ingest.edition import LIBRARIES, edition, edition_of
from tests.support.paths import ROOT

OF_THE_WEB = {"httpx", "httpcore"}
"""They bring pages, and read none."""


def test_every_library_that_readers_import_counts() -> None:
    owners = packages_distributions()
    imported = set()
    for room in ("sources", "chunking"):
        for path in (ROOT / "ingest" / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module:
                    imported.add(node.module.partition(".")[0])
                elif isinstance(node, ast.Import):
                    imported |= {alias.name.partition(".")[0] for alias in node.names}
    found = {name.lower() for module in imported for name in owners.get(module, ())}
    assert len(found) > 8
    assert found - OF_THE_WEB - {"rag-stream", "rag-stream-service"} <= set(LIBRARIES)


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
    code = [room, alone]
    assert edition_of(code, ()) is None  # as in an archive, where there are no files
    alone.write_text("a = 1")
    assert edition_of(code, ()) is None
    (room / "inner" / "a.py").write_text("b = 1")
    found = {edition_of(code, ()), edition_of(code, ("pytest",)), edition_of(code, ("no-such",))}
    (room / "inner" / "a.py").write_text("b = 2")
    found.add(edition_of(code, ()))
    (room / "b.py").write_text("")
    found.add(edition_of(code, ()))
    (room / "notes.txt").write_text("")
    assert edition_of(code, ()) in found
    assert len(found) == 5
    assert None not in found
    assert edition() == edition()
    assert edition() is not None
