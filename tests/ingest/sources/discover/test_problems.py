"""What is no source, and why."""

import os
from pathlib import Path

import pytest

from ingest.sources.discover import find_sources
from tests.support.discovered import names, only_problem, write


def test_an_unsupported_file_named_outright_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.pdf", "b")
    problem = only_problem(find_sources(["a.pdf"], base=tmp_path))
    assert problem == (
        "a.pdf: expected a .html, .md, .mdx, .rst, .ipynb, .org or .txt file, got .pdf"
    )
    assert "got no suffix" in only_problem(find_sources(["b"], base=tmp_path))


def test_what_does_not_exist_is_told_with_a_hint(tmp_path: Path) -> None:
    problem = only_problem(find_sources(["example.com/page"], base=tmp_path))
    assert problem.startswith("example.com/page: does not exist")
    assert "https://" in problem


def test_a_folder_without_documents_is_told(tmp_path: Path) -> None:
    write(tmp_path, "docs/pic.png")
    assert only_problem(find_sources(["docs"], base=tmp_path)) == (
        "docs: there is no .html, .md, .mdx, .rst, .ipynb, .org or .txt file in this folder "
        "(left out 1 file: 1 .png)"
    )


def test_neither_file_nor_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    problem = only_problem(find_sources(["pipe.md"], base=tmp_path))
    assert problem == "pipe.md: neither a file nor a folder"


@pytest.mark.parametrize("argument", ["a\0b", "x" * 5000])
def test_names_the_system_refuses(argument: str, tmp_path: Path) -> None:
    assert only_problem(find_sources([argument], base=tmp_path)).startswith(argument)


def test_a_folder_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "docs/a.md", "docs/locked/b.md")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("locked"):  # permission bits do not stop root
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = find_sources(["docs"], base=tmp_path)
    assert names(found) == ["docs/a.md"]
    assert str(found.problems[0]) == f"{tmp_path / 'docs/locked'}: this folder cannot be read"


def test_one_bad_argument_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    found = find_sources(["none.md", "a.md", "ftp://x"], base=tmp_path)
    assert names(found) == ["a.md"]
    assert [str(p).partition(":")[0] for p in found.problems] == ["none.md", "ftp"]
