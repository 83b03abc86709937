"""Which code a child process imports; that it does is shown with those who start children."""

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

import rag_stream
from rag_stream.child_environment import with_code_of

OURS = str(Path(rag_stream.__path__[0]).parent)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder that a package `elsewhere` was imported from."""
    (tmp_path / "elsewhere").mkdir()
    package = ModuleType("elsewhere")
    package.__path__ = [str(tmp_path / "elsewhere")]
    monkeypatch.setitem(sys.modules, "elsewhere", package)
    return str(tmp_path)


def test_the_packages_folders_come_before_what_is_named(elsewhere: str) -> None:
    given = {"A": "b", "PYTHONPATH": os.pathsep.join(["/x", "/y"])}
    made = with_code_of(given, "elsewhere", "rag_stream")
    assert made == {"A": "b", "PYTHONPATH": os.pathsep.join([elsewhere, OURS, "/x", "/y"])}
    assert given["PYTHONPATH"] == os.pathsep.join(["/x", "/y"])


@pytest.mark.parametrize("given", [{}, {"PYTHONPATH": ""}])
def test_the_current_folder_is_not_named_by_the_way(given: dict[str, str]) -> None:
    assert with_code_of(given, "rag_stream") == {"PYTHONPATH": OURS}


def test_a_folder_of_two_packages_is_named_once(elsewhere: str) -> None:
    assert with_code_of({}, "elsewhere", "elsewhere") == {"PYTHONPATH": elsewhere}


def test_what_is_installed_does_not_come_before_the_standard_library() -> None:
    for given in ({}, {"PYTHONPATH": "/x"}):
        assert with_code_of(given, "_pytest") == given
