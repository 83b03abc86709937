"""Files to be discovered, and what was."""

from pathlib import Path

from ingest.sources.discover import Found
from rag_stream.errors import SourceError


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")


def names(found: Found) -> list[str]:
    return [source.name for source in found.sources]


def only_problem(found: Found) -> str:
    assert found.sources == ()
    (problem,) = found.problems
    assert isinstance(problem, SourceError)
    return str(problem)
