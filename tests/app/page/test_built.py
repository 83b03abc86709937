"""The page's built files are what its sources make, and small."""

import gzip
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support import js
from tests.support.paths import ROOT

PAGE = ROOT / "app" / "page"
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


@pytest.mark.services
def test_its_own_tests_pass() -> None:
    run(js.node(SOURCE), "build.mjs", "test")


def test_all_that_is_sent_is_small() -> None:
    sent = {path.name: len(gzip.compress(path.read_bytes())) for path in BUILT.iterdir()}
    assert sum(sent.values()) <= MOST_BYTES, sent


def test_the_wheel_holds_what_is_built_and_not_what_of(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(
        [*build, "--directory", str(tmp_path)], cwd=ROOT, check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("app/page/")}
    assert {f"app/page/built/{path.name}" for path in BUILT.iterdir()} <= names
    assert not any("source" in name for name in names)
