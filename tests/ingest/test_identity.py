"""What is given, and what its sources are called."""

from collections.abc import Collection
from pathlib import Path

import pytest

from ingest.identity import (
    SAMPLE_FOLDER,
    Argument,
    Named,
    Scope,
    absorbed,
    add_roots,
    arguments_of,
    moved,
    name_sources,
    sitemap_root,
)
from ingest.sources.discover import Found, find_sample, find_sources, web_source
from ingest.sources.roots import Roots
from rag_stream.errors import SourceError
from rag_stream.indexing.rename import Move


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")


def given(base: Path, *sources: str, roots: Roots, follow_links: bool = False) -> Named:
    found = find_sources(sources, base=base, follow_links=follow_links)
    arguments = arguments_of(sources, base=base)
    add_roots(arguments, roots, ())
    return name_sources(found, arguments, roots, ())


def names(named: Named) -> list[str]:
    return [source.name for source in named.found.sources]


def test_outer_folders_come_first_and_files_last(tmp_path: Path) -> None:
    write(tmp_path, "a/b/x.md", "y.md")
    sources = ["y.md", "a/b", "https://h/", "a", "none", "a/../a/b"]
    arguments = arguments_of(sources, base=tmp_path)
    assert [argument.given for argument in arguments] == ["a", "a/b", "a/../a/b", "y.md"]
    assert [argument.is_folder for argument in arguments] == [True, True, True, False]
    roots = Roots([])
    assert names(given(tmp_path, *sources, roots=roots)) == ["y.md", "a/b/x.md", "https://h/"]


@pytest.mark.parametrize("sources", [["a", "b"], ["a/x.md"], ["https://h/"], ["none"], []])
def test_a_name_is_for_one_folder(sources: Collection[str], tmp_path: Path) -> None:
    write(tmp_path, "a/x.md", "b/y.md")
    with pytest.raises(SourceError, match="--as N: expected one SOURCE that is a folder, got"):
        arguments_of(sources, base=tmp_path, name="N")


def test_links_inside_a_folder_are_the_files_they_lead_to(tmp_path: Path) -> None:
    write(tmp_path, "docs/a.md", "real/b.md", "known/c.md")
    (tmp_path / "docs/twin.md").symlink_to("a.md")
    (tmp_path / "docs/out").symlink_to("../real")
    (tmp_path / "docs/other").symlink_to("../known")
    roots = Roots([])
    given(tmp_path, "known", roots=roots)
    named = given(tmp_path, "docs", roots=roots, follow_links=True)
    assert names(named) == ["docs/a.md", "known/c.md", "docs/out/b.md"]
    assert len(set(named.roots.values())) == 2


def test_the_sample_is_called_so_wherever_it_lies(tmp_path: Path) -> None:
    arguments = arguments_of([], base=tmp_path, sample=SAMPLE_FOLDER)
    roots = Roots([])
    assert add_roots(arguments, roots, ["sample/old.md"]) == ["sample"]
    named = name_sources(find_sample(), arguments, roots, ())
    assert {name.partition("/")[0] for name in names(named)} == {"sample"}
    assert named.scopes == (Scope("--sample", "sample", frozenset(["sample"])),)


def test_a_scope_is_what_was_given_and_the_roots_in_it(tmp_path: Path) -> None:
    write(tmp_path, "p/docs/x/a.md", "p/b.md")
    roots = Roots([])
    inner = given(tmp_path, "p/docs", roots=roots).scopes[0]
    outer = given(tmp_path, "p", roots=roots).scopes[0]
    part = given(tmp_path, "p/docs/x", roots=roots).scopes[0]
    (docs,) = inner.roots
    assert docs in outer.roots
    assert inner.covers("docs/x/a.md", docs)
    assert (part.roots, part.below) == (frozenset(), (docs, "docs/x/"))
    assert part.covers("docs/x/gone.md", docs)
    assert not part.covers("docs/xy.md", docs)
    assert not part.covers("docs/x/gone.md", "#other")
    assert not inner.covers("p/b.md", next(iter(outer.roots - {docs})))


def test_pages_of_a_sitemap_are_in_its_root(tmp_path: Path) -> None:
    url = "https://u:secret@h/sitemap.xml"
    found = Found((web_source("https://h/a", url), web_source("https://h/b")))
    named = name_sources(found, (), Roots([]), [url])
    assert named.roots == {"https://h/a": sitemap_root(url)}
    assert "secret" not in str(named.scopes)
    assert name_sources(Found(()), (), Roots([]), ["ftp://h/sitemap.xml"]) == Named(Found(()))
    assert sitemap_root(url) == sitemap_root("https://h/sitemap.xml")


def test_a_folder_takes_in_files_given_before_and_with_a_name_folders_too(tmp_path: Path) -> None:
    write(tmp_path, "p/docs/a.md", "p/b.md", "c.md")
    roots = Roots([])
    for one in ("p/docs", "p/b.md", "c.md"):
        given(tmp_path, one, roots=roots)
    found = find_sources(["p"], base=tmp_path)
    for name, count in ((None, 1), ("N", 2)):
        arguments = arguments_of(["p"], base=tmp_path, name=name)
        taken = absorbed(found, arguments, roots)
        assert len(taken) == count
        assert tmp_path / "p/b.md" in [path for path, _ in taken.values()]


def test_where_sources_go_whose_folder_is_called_otherwise() -> None:
    known = ["docs/a.md", "docs/x/b.md", "docs-2/c.md", "docs"]
    assert moved(known, "docs", "N", "N") == {
        "docs/a.md": Move("N/a.md", "N"),
        "docs/x/b.md": Move("N/x/b.md", "N"),
        "docs": Move("N", "N"),
    }


def test_a_name_that_is_anothers_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "docs/a.md", "p/b.md")
    roots = Roots([])
    given(tmp_path, "docs", roots=roots)
    argument = Argument("p", tmp_path / "p", tmp_path / "p", is_folder=True, name="docs")
    with pytest.raises(SourceError, match="--as docs: 'docs' is what another folder is called"):
        add_roots([argument], roots, ())
