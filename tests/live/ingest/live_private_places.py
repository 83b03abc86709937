"""`python -m ingest` on what leads to private places, and file names of all kinds."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.ingesting import lines, problems, sources
from tests.support.service import ingest
from tests.support.web_server import HTML, Answer, WebServer, redirect

SECRET = Answer("<html><body><p>The password of the router.</p></body></html>", headers=HTML)


@pytest.fixture
def intranet() -> Iterator[WebServer]:
    """What nobody typed: another port of the same private address."""
    with WebServer({"/secret": SECRET}) as server:
        yield server


def test_what_nobody_typed_is_not_fetched_from_private_addresses(
    env: dict[str, str], web: WebServer, intranet: WebServer
) -> None:
    secret = intranet.url("/secret")
    entries = "".join(
        f"<url><loc>{address}</loc></url>"
        for address in (
            *("/good", "/moved", "/elsewhere", secret),
            secret.replace("127.0.0.1", "localhost"),
            secret.replace("127.0.0.1", "2130706433"),
            secret.replace("127.0.0.1", "[::ffff:127.0.0.1]"),
        )
    )
    web.pages |= {
        "/sitemap.xml": Answer(f"<urlset>{entries}</urlset>"),
        "/index.xml": Answer(
            f"<sitemapindex><sitemap><loc>{intranet.url('/sitemap.xml')}</loc></sitemap>"
            "<sitemap><loc>/sitemap.xml</loc></sitemap></sitemapindex>"
        ),
        "/moved": redirect("/new"),
        "/new": Answer("<html><body><p>The gannet fishes at noon.</p></body></html>", headers=HTML),
        "/elsewhere": redirect(secret),
    }
    done = ingest(env, "--json", "--sitemap", web.url("/index.xml"), web.url("/elsewhere"))
    assert done.returncode == 1
    assert sources(done) == [web.url("/good"), web.url("/new")]
    assert len(problems(done)) == 6
    assert all("a private address, which is fetched only where" in line for line in problems(done))
    assert intranet.requests == []

    allowed = ingest(env, "--json", "--allow-private", web.url("/elsewhere"))
    assert (allowed.returncode, sources(allowed)) == (0, [secret])  # where it was at last
    typed = ingest(env, "--json", secret)
    assert (typed.returncode, sources(typed)) == (0, [secret])


def test_links_out_of_a_folder_are_named(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("The password of the router.")
    (tmp_path / "private").mkdir()
    (tmp_path / "private/b.md").write_text("The other password.")
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("The heron fishes at dawn.")
    (docs / "link.md").symlink_to("../secret.md")
    (docs / "inner.md").symlink_to("a.md")
    (docs / "folder").symlink_to("../private")
    done = ingest(env, "--json", "docs", cwd=tmp_path)
    # What a link in the folder leads to is there already.
    assert (done.returncode, sources(done)) == (0, ["docs/a.md"])
    for link in ("docs/link.md", "docs/folder"):
        assert f"ingest: {link}: leads out of the folder, left out without" in done.stderr

    followed = ingest(env, "--json", "--follow-links", "docs", cwd=tmp_path)
    assert set(sources(followed)) == {
        *("docs/a.md", "docs/link.md", "docs/folder/b.md"),
    }
    assert followed.stderr == ""
    # What is not followed any more is not named any more.
    pruned = ingest(env, "--json", "--prune", "docs", cwd=tmp_path)
    assert lines(pruned)[-1]["removed"] == 2


@pytest.mark.parametrize(
    "locale",
    [{"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
    ids=["UTF-8", "ASCII"],
)
def test_any_file_name_goes_in_and_keeps_its_name(
    env: dict[str, str], tmp_path: Path, locale: dict[str, str]
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    given = [b"caf\xe9.md", rb"caf\xe9.md", "日本.md".encode(), b"a\nb\x1b[2J.txt", b"\xff.html"]
    for name in given:
        (docs / os.fsdecode(name)).write_text("<html><body><p>Words.</p></body></html>")
    there = {**env, **locale}
    done = ingest(there, "--json", "docs", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(sources(done)) == sorted(
        [
            r"docs/caf\xe9.md",
            r"docs/caf\\xe9.md",
            "docs/日本.md",
            "docs/a\nb\x1b[2J.txt",
            r"docs/\xff.html",
        ]
    )
    again = ingest(there, "--json", "--prune", "docs", cwd=tmp_path)
    assert (lines(again)[-1]["unchanged"], lines(again)[-1]["removed"]) == (5, 0)
    for name in given:
        (docs / os.fsdecode(name)).write_text("Other words, in a file that is changed.")
    told = ingest({**there, "PYTHONIOENCODING": "ascii"}, "docs", cwd=tmp_path)
    assert told.returncode == 0
    assert "\x1b" not in told.stdout + told.stderr
    assert r"changed docs/a\nb\x1b[2J.txt: 1 chunks" in told.stdout

    typed = ingest(there, "--json", os.fsdecode(b"docs/gone-\xff.md"), cwd=tmp_path)
    assert problems(typed)[0].startswith("docs/gone-\\udcff.md: does not exist")
