"""Files and folders that the command line names, as sources."""

import os
import sys
from collections import Counter
from pathlib import Path

from ingest.sources.discover import FileSource, Found, WebSource, combine, find_sources
from ingest.sources.left_out import LeftOut
from rag_stream.errors import SourceError
from tests.support.discovered import names, write


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


def test_the_current_folder_itself(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "sub/b.md")
    assert names(find_sources(["."], base=tmp_path)) == ["a.md", "sub/b.md"]


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


def test_a_source_named_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, "docs/a.md", "docs/b.md")
    found = find_sources(["docs/b.md", "docs", "http://x/", "http://x/"], base=tmp_path)
    assert names(found) == ["docs/b.md", "docs/a.md", "http://x/"]


def test_combine_keeps_the_first_of_a_name() -> None:
    one, other = WebSource("n", "http://1/"), WebSource("n", "http://2/")
    error = SourceError("x: y")
    few, more = LeftOut(Counter({".pdf": 1}), 1), LeftOut(Counter({".pdf": 2}), 0)
    found = combine([Found((one,), few), Found((other,), more, (error,))])
    assert found == Found((one,), LeftOut(Counter({".pdf": 3}), 1), (error,))
