"""The page's built files are what its sources make, and small."""

import gzip
import subprocess
from pathlib import Path

import pytest

from tests.support import js

PAGE = Path(__file__).parents[3] / "app" / "page"
SOURCE, BUILT = PAGE / "source", PAGE / "built"
MOST_BYTES = 150_000
"""Of all files together, as they are sent."""


def run(*command: str) -> str:
    """What a command says in the sources' folder. Fails with all of it where that fails."""
    js.packages(SOURCE)
    done = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.services
def test_the_built_files_are_the_build_of_the_sources(tmp_path: Path) -> None:
    (tmp_path / "page-OLD.js").write_text("of an earlier build")
    run(js.node(SOURCE), "build.mjs", str(tmp_path))
    now, kept = contents(tmp_path), contents(BUILT)
    assert now.keys() == kept.keys(), "built of other sources: make page"
    assert [name for name in now if now[name] != kept[name]] == [], "make page"


@pytest.mark.services
def test_the_types_are_right() -> None:
    run("node_modules/.bin/tsc")


def test_all_that_is_sent_is_small() -> None:
    sent = {path.name: len(gzip.compress(path.read_bytes())) for path in BUILT.iterdir()}
    assert sum(sent.values()) <= MOST_BYTES, sent
