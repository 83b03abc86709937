"""`python -m ingest` on what somebody wrote to harm it: one source fails, the others go in."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import zstandard

from tests.support.openai_server import OpenAIServer
from tests.support.service import clean_environment, ingest
from tests.support.web_server import Answer, WebServer, redirect

HTML = {"Content-Type": "text/html"}
GOOD = Answer("<html><body><p>The heron fishes at dawn.</p></body></html>", headers=HTML)
SECRET = Answer("<html><body><p>The password of the router.</p></body></html>", headers=HTML)


@pytest.fixture
def env(chroma_url: str, openai_server: OpenAIServer) -> dict[str, str]:
    return {
        **openai_server.environment,
        "RAG_EMBEDDINGS": "openai:text-embedding-3-small",
        "RAG_CHROMA_URL": chroma_url,
        "RAG_COLLECTION": f"hostile-{uuid4().hex[:12]}",
        "NO_PROXY": "127.0.0.1",
    }


@pytest.fixture
def web() -> Iterator[WebServer]:
    """What the operator types."""
    with WebServer({"/good": GOOD}) as server:
        yield server


@pytest.fixture
def intranet() -> Iterator[WebServer]:
    """What nobody typed: another port of the same private address."""
    with WebServer({"/secret": SECRET}) as server:
        yield server


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert "Traceback" not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def sources(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line["source"] for line in lines(done) if line["event"] == "source"]


def problems(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line["message"] for line in lines(done) if line["event"] == "problem"]


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


PACKED = {**HTML, "Content-Encoding": "gzip"}


def bombs() -> dict[str, Answer]:
    zeros = gzip.compress(bytes(400_000_000), 1)
    packer = zstandard.ZstdCompressor(level=3)
    # 12 MB; how much memory a document may take goes by its own size.
    nested = "<html><body><div class=post-content>" + "<div>" * 2_400_000 + "x"
    attributes = " ".join(f"a{n}=1" for n in range(10**6))[:2_000_000]
    return {
        "/zstd": Answer(
            packer.compress(bytes(400_000_000)), headers={**HTML, "Content-Encoding": "zstd"}
        ),
        "/twice": Answer(gzip.compress(zeros), headers={**HTML, "Content-Encoding": "gzip, gzip"}),
        "/gzip": Answer(zeros, headers=PACKED),
        "/redirect": Answer(zeros, status=302, headers={**PACKED, "Location": "/none"}),
        "/nested": Answer(nested, headers=HTML),
        "/nested-packed": Answer(gzip.compress(nested[:1_000_000].encode(), 1), headers=PACKED),
        "/attributes": Answer(f"<html><body><p {attributes}>", headers=HTML),
        "/attributes-text": Answer(
            f"<html><body><p {attributes}>The gannet fishes at noon.</p></body></html>",
            headers=HTML,
        ),
    }


def test_bombs_cost_their_source_alone_and_little_memory(
    env: dict[str, str], web: WebServer
) -> None:
    web.pages |= bombs()
    addresses = [web.url(path) for path in web.pages]
    process = subprocess.Popen(
        [sys.executable, "-c", MEASURED, sys.executable, "-m", "ingest", "--json", *addresses],
        env=clean_environment(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        peak, told = 0, []
        assert process.stdout is not None
        for line in process.stdout:
            told.append(json.loads(line))
            with suppress(OSError, IndexError, StopIteration):  # it has ended
                children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
                peak = max(peak, _peak_mb(int(children.split()[0])))
    largest = told.pop()["largest_kb"]
    assert peak > 0
    assert process.returncode == 1
    read = [line["source"] for line in told if line["event"] == "source"]
    assert read == [web.url("/good"), web.url("/attributes-text")]
    reasons = {
        line["message"].rpartition(": ")[0]: line["message"].rpartition(": ")[2]
        for line in told
        if line["event"] == "problem"
    }
    assert reasons == {
        web.url("/zstd"): "expected content encoding gzip, deflate or none, got 'zstd'",
        web.url("/twice"): "expected content encoding gzip, deflate or none, got 'gzip, gzip'",
        web.url("/gzip"): "bigger than the limit of 20,000,000 bytes",
        web.url("/redirect"): "answered 404 Not Found",
        web.url("/nested"): "not parsed within 512 MB of memory",
        web.url("/nested-packed"): "not parsed within 128 MB of memory",
        web.url("/attributes"): "no text found in it (a page that scripts draw has none)",
    }
    # Its own imports are most of the first; the parser's are on top of the second.
    assert peak < 250
    assert largest < 750 * 1024


MEASURED = """
import json, resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(json.dumps({"largest_kb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}))
sys.exit(code)
"""
"""Runs a command and tells how large it, or a process that it started, has been."""


def _peak_mb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(
        int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM")
    )


def test_hostile_sitemaps_are_told(env: dict[str, str], web: WebServer) -> None:
    entry = b"<url><loc>ftp://x/\x1b</loc></url>"
    web.pages |= {
        "/endless.xml": Answer(gzip.compress(b"<urlset>" + entry * 2_000_000, 1)),
        "/deep.xml": Answer(b"<urlset>" + b"<a>" * 6_000_000),
        "/big.xml.gz": Answer(gzip.compress(b"<urlset>" + bytes(600_000_000), 1)),
        "/fine.xml": Answer(b"<urlset><url><loc>/good</loc></url></urlset>"),
    }
    maps = [part for path in web.pages if ".xml" in path for part in ("--sitemap", web.url(path))]
    done = ingest(env, "--json", *maps)
    assert sources(done) == [web.url("/good")]
    assert {problem.partition(".xml")[0].rpartition("/")[2] for problem in problems(done)} == {
        *("endless", "deep", "big"),
    }
    assert len(done.stderr) < 10_000
