"""Options of `python -m ingest`: where they stand, and what they keep it from."""

import asyncio
from pathlib import Path

from tests.support.ingesting import Command, stored
from tests.support.web_server import WebServer


def test_sources_stand_on_both_sides_of_an_option(
    collection: dict[str, str], tmp_path: Path, command: Command
) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.md").write_text(f"The {name} valve is greased once a week.")
    done = command(collection, f"{tmp_path}/a.md", "--include", "*.adoc", f"{tmp_path}/b.md")
    assert done.returncode == 0
    assert "2 added" in done.stdout


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    command: Command, collection: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("The first note.")
    for _ in range(2):
        dry = command(collection, "--dry-run", "a.txt")
        assert (dry.returncode, dry.stderr) == (0, "")
        assert "would be added a.txt: 1 chunks" in dry.stdout
        assert "dry run, nothing written: 1 added" in dry.stdout
    assert command(collection, "a.txt").returncode == 0
    (tmp_path / "a.txt").write_text("The first note, changed.")
    (tmp_path / "b.txt").write_text("The second note.")
    dry = command(collection, "--dry-run", "b.txt", "a.txt")
    assert "would be added b.txt" in dry.stdout
    assert "would be changed a.txt: 1 chunks (1 embedded, 1 deleted)" in dry.stdout


def test_nothing_is_pruned_where_it_is_unknown_what_is_named(
    command: Command, collection: dict[str, str], tmp_path: Path
) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"The note {name}.")
    assert command(collection, ".").returncode == 0
    (tmp_path / "b.txt").unlink()
    with WebServer() as web:
        done = command(collection, "--prune", ".", "--sitemap", web.url("/sitemap.xml"))
    assert done.returncode == 1
    assert "0 removed" in done.stdout
    assert "ingest: nothing pruned, because not all sources could be found\n" in done.stderr
    assert sorted(asyncio.run(stored(collection))) == ["The note a.", "The note b."]


def test_if_empty_fills_an_index_only_once(
    command: Command, collection: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("The first note.")
    (tmp_path / "b.txt").write_text("The second note.")
    first = command(collection, "--if-empty", "a.txt")
    assert "1 added" in first.stdout
    second = command(collection, "--if-empty", "b.txt")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
