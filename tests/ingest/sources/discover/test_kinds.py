"""Which files are documents, and what is said of the others."""

from pathlib import Path

import pytest

from ingest.sources.discover import find_sources
from tests.support.discovered import names, write

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


def test_what_sphinx_made_pages_of_is_there_as_pages(tmp_path: Path) -> None:
    write(tmp_path, "html/index.html", "html/_sources/index.rst.txt", "html/_static/x.css")
    write(tmp_path, "docs/_sources/guide.md")  # a folder of somebody who calls it so
    found = find_sources(["."], base=tmp_path)
    assert names(found) == ["docs/_sources/guide.md", "html/index.html"]
    assert "no documents without --include PATTERN: _sources/" in (found.left_out.line() or "")
    asked = find_sources(["html"], base=tmp_path, include=("_sources",))
    assert names(asked) == ["html/index.html", "html/_sources/index.rst.txt"]


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
