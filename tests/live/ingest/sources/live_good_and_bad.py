"""Sources good and bad, and what goes into an index of their own, without an app."""

import asyncio
from pathlib import Path

from tests.support.ingesting import Command, lines, stored, summary
from tests.support.paths import DATA
from tests.support.service import ingest
from tests.support.web_server import Answer, WebServer, redirect


def test_only_the_content_of_the_reference_pages_structure_goes_in(
    command: Command, collection: dict[str, str]
) -> None:
    """The reference program keeps the classes post-title, post-header and post-content."""
    page = (DATA / "agent_page.html").read_bytes()
    other = b"<html><body><div class='post-content'>Kept.</div><p class='x'>Mine.</p></body></html>"
    with WebServer({"/agent": Answer(page), "/other": Answer(other)}) as web:
        command(collection, web.url("/agent"))
        command(collection, "--css-class", "x", web.url("/other"))
    texts = "\n".join(asyncio.run(stored(collection)))
    assert "Agents in a Lighthouse" in texts
    assert "do not trust a calm voice" in texts
    for left_out in ("from the menu", "Table of Contents", "footer", "inline script", "A comment"):
        assert left_out not in texts
    assert "Mine." in texts
    assert "Kept." not in texts


def test_a_bad_source_is_named_and_the_others_go_in(
    collection: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "good.txt").write_text("A good file.")
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "blank.md").write_text(" \n\n ")
    (tmp_path / "archive.zip").write_bytes(b"PK")
    pages = {
        "/good": Answer("<html><body><p>A good page about basil and thyme.</p></body></html>"),
        "/empty": Answer("<html><body><script>x()</script></body></html>"),
        "/picture": Answer(b"\x89PNG", headers={"Content-Type": "image/png"}),
        "/broken": Answer("oops", status=500),
    }
    with WebServer(pages) as web:
        bad = {
            web.url("/gone"): "404",
            web.url("/broken"): "500",
            web.url("/picture"): "image/png",
            web.url("/empty"): "no text",
            "http://127.0.0.1:9/": "connect",
            "ftp://127.0.0.1/x": "http",
            "missing.txt": "exist",
            "noise.txt": "not text",
            "archive.zip": ".html",
        }
        good = ["good.txt", web.url("/good")]
        done = ingest(collection, "--json", *bad, *good, "blank.md", cwd=tmp_path)
    assert done.returncode == 1
    *complaints, empty = done.stderr.splitlines()
    assert empty == "ingest: empty blank.md: there is no text in it"
    assert len(complaints) == len(bad)
    for source, reason in bad.items():
        (complaint,) = [line for line in complaints if f"{source}:" in line]
        assert complaint.startswith("ingest: ")
        assert reason in complaint
    assert {line["source"] for line in lines(done) if line["event"] == "source"} == set(good)
    problems = [line for line in lines(done) if line["event"] == "problem"]
    assert [f"ingest: {problem['message']}" for problem in problems] == complaints
    assert (summary(done)["added"], summary(done)["failed"]) == (2, len(bad))


def test_a_source_that_has_become_bad_keeps_what_was_indexed(
    command: Command, collection: dict[str, str]
) -> None:
    page = Answer("<html><body><p>The tide table of the harbour.</p></body></html>")
    with WebServer({"/page": page}) as web:
        url = web.url("/page")
        assert command(collection, url).returncode == 0
        web.pages.clear()
        gone = command(collection, "--prune", url)
        assert gone.returncode == 1
        web.pages["/page"] = page
        again = command(collection, "--json", url)
    assert summary(again)["unchanged"] == 1


def test_what_became_empty_goes_and_is_no_failure(
    command: Command, collection: dict[str, str], tmp_path: Path
) -> None:
    page = tmp_path / "docs" / "index.md"
    page.parent.mkdir()
    page.write_text("---\ntitle: Guides\n---\nThe lamp is green.")
    assert command(collection, str(page.parent)).returncode == 0
    assert any("The lamp is green." in text for text in asyncio.run(stored(collection)))
    page.write_text("---\ntitle: Guides\n---\n")
    for _ in range(2):
        done = command(collection, str(page.parent))
        assert done.returncode == 0
        assert "empty docs/index.md: there is no text in it" in done.stderr
        assert "0 failed, 1 empty" in done.stdout
    assert asyncio.run(stored(collection)) == []


def test_a_page_that_became_empty_goes_by_the_name_it_is_known_by(
    command: Command, collection: dict[str, str]
) -> None:
    markdown = {"Content-Type": "text/markdown"}
    with WebServer({"/old": redirect("/new")}) as web:
        web.pages["/new"] = Answer("# Lampe\n\nDie Lampe ist grün.", headers=markdown)
        web.pages["/lamp"] = Answer("# Lamp\n\nThe lamp is green.", headers=markdown)
        given = [web.url("/old"), web.url("/lamp#part")]
        assert command(collection, *given).returncode == 0
        assert len(asyncio.run(stored(collection))) == 2
        for path in ("/new", "/lamp"):
            web.pages[path] = Answer("---\ntitle: Lamp\n---\n", headers=markdown)
        done = command(collection, *given)
        assert done.returncode == 0
        for path in ("/new", "/lamp"):
            assert f"empty {web.url(path)}: there is no text in it" in done.stderr
    assert asyncio.run(stored(collection)) == []


def test_what_is_left_out_is_told_and_may_be_the_exit_status(
    command: Command, collection: dict[str, str], tmp_path: Path
) -> None:
    docs = tmp_path / "docs"
    (docs / "node_modules").mkdir(parents=True)
    (docs / "node_modules" / "README.md").write_text("# A module")
    (docs / "a.rst").write_text("Lamps\n=====\n\nThe rst lamp is red.\n\n.. automodule:: lamps\n")
    for name in ("b.adoc", "c.adoc", "d.wiki"):
        (docs / name).write_text("The other lamps have other colours.")
    (docs / "e.py").write_text("lamp = 'black'")
    (docs / "f.md").write_text("---\ntitle: Lamps\n---\n")  # empty, and so not read
    line = (
        "ingest: left out 4 files: 2 .adoc, 1 .wiki, 1 .py; "
        "no documents without --include PATTERN: node_modules/"
    )
    done = command(collection, str(docs))
    assert done.returncode == 1
    assert line in done.stderr.splitlines()
    assert "3 of the files left out are text, more than the 1 read" in done.stderr
    assert "a.rst includes lamps" in done.stderr
    assert command(collection, "--allow-skipped", str(docs)).returncode == 0
    done = command(collection, "--include", "*.adoc", str(docs))
    assert done.returncode == 0
    assert sum("other colours" in text for text in asyncio.run(stored(collection))) == 2
