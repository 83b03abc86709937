"""`python -m ingest` on what somebody wrote to harm it: one source fails, the others go in."""

import gzip
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import zstandard

from tests.support.ingesting import problems, sources
from tests.support.service import clean_environment, ingest
from tests.support.web_server import HTML, Answer, WebServer

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
