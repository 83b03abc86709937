"""What the command line names, as sources."""

import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from ingest.sources.discover import FileSource, Found, WebSource, combine, find_sources
from ingest.sources.left_out import LeftOut
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


def test_a_web_address_is_taken_as_given(tmp_path: Path) -> None:
    url = "https://lilianweng.github.io/posts/2023-06-23-agent/#memory"
    assert find_sources([url], base=tmp_path).sources == (WebSource(url, url),)


def test_a_password_in_an_address_is_used_but_not_named(tmp_path: Path) -> None:
    url = "https://user:secret@example.com:8443/a?b=c"
    (source,) = find_sources([url], base=tmp_path).sources
    assert source == WebSource("https://example.com:8443/a?b=c", url)


@pytest.mark.parametrize(
    "url", ["ftp://example.com/a", "file:///etc/passwd", "http://", "https://:80/", "://x"]
)
def test_other_addresses_are_refused(url: str, tmp_path: Path) -> None:
    assert "starts with http:// or https://" in only_problem(find_sources([url], base=tmp_path))


@pytest.mark.parametrize("url", ["http://a:99999/", "http://[::1/", "http://a:b/"])
def test_broken_addresses_are_refused(url: str, tmp_path: Path) -> None:
    assert "not a usable web address" in only_problem(find_sources([url], base=tmp_path))


def test_a_file_below_the_current_folder_is_named_relative_to_it(tmp_path: Path) -> None:
    write(tmp_path, "docs/a.md")
    path = tmp_path / "docs" / "a.md"
    for argument in ("docs/a.md", "./docs/../docs/a.md", str(path)):
        assert find_sources([argument], base=tmp_path).sources == (FileSource("docs/a.md", path),)


def test_a_file_elsewhere_is_named_absolutely(tmp_path: Path) -> None:
    write(tmp_path, "else/a.TXT", "here/x")
    found = find_sources(["../else/a.TXT"], base=tmp_path / "here")
    assert names(found) == [(tmp_path / "else/a.TXT").as_posix()]


def test_a_folder_is_read_with_its_subfolders_in_order(tmp_path: Path) -> None:
    write(
        tmp_path / "docs", "b.md", "a.html", "sub/c.htm", "sub/deep/d.txt", "pic.png", "sub/e.pdf"
    )
    write(tmp_path / "docs", ".hidden.md", ".git/config.txt", "another/z.MD")
    found = find_sources(["docs"], base=tmp_path)
    assert names(found) == [
        "docs/a.html",
        "docs/b.md",
        "docs/another/z.MD",
        "docs/sub/c.htm",
        "docs/sub/deep/d.txt",
    ]
    assert found.left_out.line() == "left out 2 files: 1 .png, 1 .pdf"
    assert found.problems == ()


def test_a_folder_deeper_than_calls_may_be_nested_is_read(tmp_path: Path) -> None:
    levels = [Path("docs", *["d"] * depth) for depth in range(1_200)]
    assert len(levels) > sys.getrecursionlimit()
    for level in levels:
        (tmp_path / level).mkdir()
    write(tmp_path, "docs/a.md", (levels[-1] / "z.md").as_posix())
    try:
        found = find_sources(["docs"], base=tmp_path)
        assert names(found) == ["docs/a.md", (levels[-1] / "z.md").as_posix()]
    finally:  # what takes away a test's folder calls itself for each level, too
        (tmp_path / levels[-1] / "z.md").unlink()
        for level in reversed(levels[1:]):
            (tmp_path / level).rmdir()


def test_of_two_links_to_one_folder_the_first_is_followed(tmp_path: Path) -> None:
    write(tmp_path, "real/a.md", "docs/b.md")
    for name in ("x", "y"):
        (tmp_path / "docs" / name).symlink_to("../real")
    found = find_sources(["docs"], base=tmp_path, follow_links=True)
    assert names(found) == ["docs/b.md", "docs/x/a.md"]


def test_the_current_folder_itself(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "sub/b.md")
    assert names(find_sources(["."], base=tmp_path)) == ["a.md", "sub/b.md"]


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


def test_names_that_are_not_utf_8_are_sources_with_names_that_are(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name in (b"caf\xe9.md", rb"caf\xe9.md", b"caf\xc3\xa9.md", b"a\nb.md"):
        (docs / os.fsdecode(name)).write_text("text")
    found = find_sources(["docs"], base=tmp_path)
    assert sorted(names(found)) == [
        "docs/a\nb.md",
        r"docs/caf\\xe9.md",
        r"docs/caf\xe9.md",
        "docs/café.md",
    ]
    assert [name.encode() for name in names(found)]
    again = find_sources(["docs", os.fsdecode(b"docs/caf\xe9.md")], base=tmp_path)
    assert again.sources == found.sources


@pytest.mark.parametrize(
    "url", ["http://a/\udcff", "http://a/\x1b[2J", "http://a/\nb", "http://a/" + "x" * 9000]
)
def test_addresses_that_could_not_be_shown_are_refused(url: str, tmp_path: Path) -> None:
    problem = only_problem(find_sources([url], base=tmp_path))
    assert problem.endswith("not a usable web address")
    assert len(problem) < 8_300


def test_a_source_named_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, "docs/a.md", "docs/b.md")
    found = find_sources(["docs/b.md", "docs", "http://x/", "http://x/"], base=tmp_path)
    assert names(found) == ["docs/b.md", "docs/a.md", "http://x/"]


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


def test_combine_keeps_the_first_of_a_name() -> None:
    one, other = WebSource("n", "http://1/"), WebSource("n", "http://2/")
    error = SourceError("x: y")
    few, more = LeftOut(Counter({".pdf": 1}), 1), LeftOut(Counter({".pdf": 2}), 0)
    found = combine([Found((one,), few), Found((other,), more, (error,))])
    assert found == Found((one,), LeftOut(Counter({".pdf": 3}), 1), (error,))


KINDS = ["a.mdx", "b.markdown", "c.RST", "d.ipynb", "e.xhtml", "f.text", "g.org", "h.Md"]


def test_every_kind_is_found_in_any_case(tmp_path: Path) -> None:
    write(tmp_path, *KINDS)
    assert names(find_sources(["."], base=tmp_path)) == sorted(KINDS)


def test_what_is_left_out_is_counted_by_suffix(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "b.html.j2", "c.adoc", "d.ADOC", "e.py", "f", "sub/g.pdf")
    left_out = find_sources(["."], base=tmp_path).left_out
    assert left_out.line() == (
        "left out 6 files: 2 .adoc, 1 .html.j2, 1 .py, 1 without suffix, 1 .pdf"
    )
    assert left_out.texts == 5  # of this test's files all but the code hold words


NO_DOCUMENTS = [
    "node_modules/a/README.md",
    "env/pyvenv.cfg",
    "env/lib/notes.txt",
    "lib/site-packages/x/readme.rst",
    "x.egg-info/SOURCES.txt",
    "requirements.txt",
    "requirements-dev.txt",
    "dev_requirements.txt",
    "CMakeLists.txt",
    "LICENSE.txt",
    "sub/COPYING.md",
    "THIRD_PARTY_NOTICES.txt",
]


def test_packages_and_licences_are_no_documents(tmp_path: Path) -> None:
    write(tmp_path, *NO_DOCUMENTS, "guide.md", "requirements.md", "licensing.md", "notices.md")
    (tmp_path / "license.md").write_text("Permission is hereby granted, free of charge, ...")
    (tmp_path / "copying.md").write_text("# Copying files\n\nCopy them with care.")
    found = find_sources(["."], base=tmp_path)
    assert names(found) == [
        "copying.md",
        "guide.md",
        "licensing.md",
        "notices.md",
        "requirements.md",
    ]
    line = found.left_out.line() or ""
    assert line.startswith("no documents without --include PATTERN: ")
    for name in ("node_modules/", "env/", "site-packages/", "CMakeLists.txt", "license.md"):
        assert name in line


@pytest.mark.parametrize(
    ("pattern", "read"),
    [
        ("node_modules", ["node_modules/a/README.md", "node_modules/b/x.txt"]),
        ("node_modules/a/*", ["node_modules/a/README.md"]),
        ("node_modules/*/README.md", ["node_modules/a/README.md"]),
        ("LICENSE*", ["LICENSE.md"]),
        ("*.adoc", ["c.adoc"]),
    ],
)
def test_what_is_asked_for_is_read(pattern: str, read: list[str], tmp_path: Path) -> None:
    write(tmp_path, "a.md", "node_modules/a/README.md", "node_modules/b/x.txt", "LICENSE.md")
    write(tmp_path, "c.adoc")
    found = find_sources(["."], base=tmp_path, include=(pattern,))
    assert sorted(names(found)) == sorted(["a.md", *read])


def test_a_file_named_outright_is_read_whatever_its_name(tmp_path: Path) -> None:
    write(tmp_path, "LICENSE.txt", "a.adoc")
    assert names(find_sources(["LICENSE.txt"], base=tmp_path)) == ["LICENSE.txt"]
    assert names(find_sources(["a.adoc"], base=tmp_path, include=("*.adoc",))) == ["a.adoc"]


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
