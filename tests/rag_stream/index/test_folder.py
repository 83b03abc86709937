"""The index folder: closed to others, and its true path."""

import os
from pathlib import Path

import pytest

from rag_stream.index.folder import close_to_others, create, inside, open_folder

GRAPH = "0f8fad5b-d9cb-469f-a165-70867728950e"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_it_is_made_for_this_account_alone(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "data" / "chroma")
    assert mode(folder) == 0o700
    os.close(create(inside(folder, "lock"), os.O_RDWR))
    assert mode(inside(folder, "lock")) == 0o600


def test_one_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "chroma"
    for name in ("chroma.sqlite3", "chroma.sqlite3-journal", "owner.address", f"{GRAPH}/data.bin"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
        path.chmod(0o664)
    nested = folder / "lexical" / "index"
    nested.mkdir(parents=True)
    (nested / "meta.json").write_text("")
    for part in (folder, folder / GRAPH, folder / "lexical", nested):
        part.chmod(0o775)
    open_folder(folder)
    for path in (folder, *folder.rglob("*")):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


def test_what_is_not_of_the_index_stays_as_it_is(tmp_path: Path) -> None:
    script, tools = tmp_path / "run.sh", tmp_path / "tools"
    tools.mkdir()
    tool = tools / "tool"
    for path in (script, tool):
        path.write_text("")
    for path in (script, tools, tool):
        path.chmod(0o755)
    open_folder(tmp_path)
    assert [mode(path) for path in (script, tools, tool)] == [0o755] * 3


def test_a_link_does_not_lead_out(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("")
    for path in (outside, outside / "file"):
        path.chmod(0o755)
    folder = open_folder(tmp_path / "chroma")
    (folder / "lexical").symlink_to(outside)
    (folder / "owner.log").symlink_to(outside / "file")
    open_folder(folder)
    assert [mode(path) for path in (outside, outside / "file")] == [0o755] * 2


def test_a_folder_for_everybody_stays_one(tmp_path: Path) -> None:
    shared = tmp_path / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    open_folder(shared)
    assert shared.stat().st_mode & 0o7777 == 0o1777


@pytest.mark.parametrize("name", ["link", "other/../chroma", "chroma/", "chroma/."])
def test_every_name_leads_to_the_same(tmp_path: Path, name: str) -> None:
    folder = open_folder(tmp_path / "chroma")
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "other").mkdir()
    assert open_folder(Path(f"{tmp_path}/{name}")) == open_folder(Path(name)) == folder


def test_what_is_gone_meanwhile_is_no_error(tmp_path: Path) -> None:
    close_to_others(tmp_path / "gone")
