"""Links inside of a folder, out of it, and in circles."""

import os
from pathlib import Path

import pytest

from ingest.sources.discover import find_sources
from tests.support.discovered import names, write


def test_of_two_links_to_one_folder_the_first_is_followed(tmp_path: Path) -> None:
    write(tmp_path, "real/a.md", "docs/b.md")
    for name in ("x", "y"):
        (tmp_path / "docs" / name).symlink_to("../real")
    found = find_sources(["docs"], base=tmp_path, follow_links=True)
    assert names(found) == ["docs/b.md", "docs/x/a.md"]


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """`docs`, with links that stay in it, lead out of it, and go in circles."""
    write(tmp_path, "real/a.md", "real/sub/c.md", "docs/b.md", "docs/sub/d.md")
    docs = tmp_path / "docs"
    (docs / "inner.md").symlink_to("b.md")
    (docs / "inner").symlink_to(docs / "sub")
    (docs / "loop").symlink_to(docs)
    (docs / "dangling.md").symlink_to(tmp_path / "real/none.md")
    (docs / "out.md").symlink_to("../real/a.md")
    (docs / "by-two.md").symlink_to("out.md")
    (docs / "out").symlink_to(tmp_path / "real")
    (docs / "up").symlink_to("..")
    (tmp_path / "real" / "back").symlink_to(docs)
    return tmp_path


INSIDE = ["docs/b.md", "docs/inner.md", "docs/sub/d.md"]


def test_links_that_lead_out_of_a_folder_are_named_and_left_out(linked: Path) -> None:
    found = find_sources(["docs"], base=linked)
    assert names(found) == INSIDE
    assert sorted(found.outside) == ["docs/by-two.md", "docs/out", "docs/out.md", "docs/up"]
    assert found.problems == ()


def test_links_that_lead_out_of_a_folder_are_followed_when_asked_for(linked: Path) -> None:
    found = find_sources(["docs"], base=linked, follow_links=True)
    assert set(names(found)) >= {*INSIDE, "docs/out.md", "docs/by-two.md", "docs/out/a.md"}
    assert "docs/out/sub/c.md" in names(found)
    assert len(found.sources) <= 8  # each folder once, whatever links go in circles
    assert found.outside == ()


def test_links_that_lead_nowhere_are_named(linked: Path) -> None:
    (linked / "docs" / "kreis").symlink_to("kreis2")
    (linked / "docs" / "kreis2").symlink_to("kreis")
    (linked / "docs" / "theme.js").symlink_to("../nowhere/theme.js")  # which nobody reads
    found = find_sources(["docs"], base=linked)
    assert found.left_out.line() == (
        "links that lead nowhere: docs/dangling.md, docs/kreis, docs/kreis2"
    )


def test_a_link_that_is_typed_is_followed(linked: Path) -> None:
    found = find_sources(["docs/out.md", "docs/out"], base=linked)
    assert names(found) == ["docs/out.md", "docs/out/a.md", "docs/out/sub/c.md"]


def test_a_folder_beside_it_with_a_longer_name_is_outside(tmp_path: Path) -> None:
    write(tmp_path, "docs/a.md", "docs-secret/b.md")
    (tmp_path / "docs/link.md").symlink_to("../docs-secret/b.md")
    found = find_sources(["docs"], base=tmp_path)
    assert (names(found), found.outside) == (["docs/a.md"], ("docs/link.md",))


def test_a_link_to_what_cannot_be_looked_at_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "docs/a.md", "docs/b.md")
    stat = os.stat

    def refuse(path: object, *arguments: object, **more: object) -> object:
        if str(path).endswith("b.md"):  # permission bits do not stop root
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", refuse)
    assert names(find_sources(["docs"], base=tmp_path)) == ["docs/a.md"]


def test_a_linked_folder_is_read_once_and_a_loop_is_named(tmp_path: Path) -> None:
    write(tmp_path, "docs/.versions/2/a.md", "docs/b/c.md", "docs/index.md")
    docs = tmp_path / "docs"
    (docs / "current").symlink_to(".versions/2")
    (docs / "latest").symlink_to(docs / ".versions" / "2")
    (docs / "same").symlink_to("b")
    (docs / "b" / "loop").symlink_to("..")
    found = find_sources(["docs"], base=tmp_path)
    assert names(found) == ["docs/index.md", "docs/b/c.md", "docs/current/a.md"]
    assert (found.loops, found.outside) == (("docs/b/loop",), ())
