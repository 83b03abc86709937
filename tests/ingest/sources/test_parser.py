"""Parsing in a process of its own: what comes back, and what a hostile document can do."""

import asyncio
import gzip
import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from ingest.sources.extract import extract
from ingest.sources.extracted import Extracted
from ingest.sources.parser import ParseLimits, Parser, _end
from ingest.sources.sitemap_xml import Listed
from rag_stream.errors import SourceError
from tests.support.checkout import Checkout, bare_python
from tests.support.paths import DATA
from tests.support.processes import family

PAGE = (DATA / "agent_page.html").read_bytes()
# The reference's strainer reads pages that have its classes, and takes the square of comments.
SLOW = b"post-content" + b"<!--" * 300_000
SMALL = ParseLimits(cpu_seconds=2, memory=60_000_000, memory_per_byte=0)


@pytest.fixture
async def parser() -> AsyncIterator[Parser]:
    async with aclosing(Parser(SMALL)) as parser:
        yield parser


def child() -> int:
    """The process id of the parser that this process has started."""
    (found,) = (pid for pid in family(os.getpid()) if b"sources.parser_process" in command_of(pid))
    return found


def command_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def failure(parser: Parser, body: bytes) -> str:
    with pytest.raises(SourceError) as caught:
        await parser.extract(body, "html", None, None)
    return str(caught.value)


async def test_it_is_the_same_as_here(parser: Parser) -> None:
    assert await parser.extract(PAGE, "html", "utf-8", None) == extract(PAGE, "html", "utf-8", None)
    words = b"<p class=a>one</p><p class=b>two</p>"
    assert await parser.extract(words, "html", None, ["b"]) == Extracted("two", "")
    latin = "Où est le héron, là-bas ?\n\nIl pêche à l'aube.".encode("cp1252")
    assert await parser.extract(latin, "plain", None, None) == extract(latin, "plain", None, None)
    sitemap = gzip.compress(b"<sitemapindex><sitemap><loc>/a</loc></sitemap></sitemapindex>")
    assert await parser.read_sitemap(sitemap) == Listed(True, ["/a"])


async def test_one_process_serves_all_and_ends_with_its_user() -> None:
    async with aclosing(Parser()) as parser:
        await asyncio.gather(*(parser.extract(PAGE, "html", None, None) for _ in range(5)))
        first = child()
        assert await failure(parser, b"<p>") == (
            "no text found in it (a page that scripts draw has none)"
        )
        assert child() == first
    assert not is_there(first)


async def test_it_knows_no_key(parser: Parser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    await parser.extract(PAGE, "html", None, None)
    assert b"sk-secret" not in environment_of(child())


ONE_PAGE = """
import asyncio
from contextlib import aclosing
from ingest.sources.parser import Parser
async def main():
    async with aclosing(Parser()) as parser:
        print((await parser.extract(b"<p class=a>words", "html", None, ["a"])).text)
asyncio.run(main())
"""


def test_it_starts_where_nothing_of_ours_is_installed(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path / "checkout", ["ingest", "rag_stream"])
    assert checkout.run(ONE_PAGE, bare_python(tmp_path / "bare")) == "words"


def test_it_runs_the_code_of_its_parent_though_another_is_installed(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path / "checkout", ["ingest", "rag_stream"])
    modules = ("ingest/sources/parser_process.py", "rag_stream/errors.py")
    for module in modules:
        checkout.mark(module)
    assert checkout.run(ONE_PAGE) == "words"
    for module in modules:
        assert len(checkout.ran(module)) == 2  # the parent imports them too


async def test_memory_is_bounded_and_the_next_document_is_read(parser: Parser) -> None:
    nested = b"<div class=post-content>" + b"<div>" * 400_000 + b"x"
    assert await failure(parser, nested) == "not parsed within 60 MB of memory"
    assert "lighthouse" in (await parser.extract(PAGE, "html", None, None)).text.lower()


async def test_memory_that_a_library_would_not_miss_is_told() -> None:
    table = b"<html><body><table>" + b"<tr><td>1<td>2" * 100_000
    async with aclosing(Parser(ParseLimits(memory=60_000_000, memory_per_byte=0))) as parser:
        assert await failure(parser, table) == "not parsed within 60 MB of memory"


async def test_time_is_bounded_and_the_next_document_is_read() -> None:
    limits = ParseLimits(cpu_seconds=1)
    async with aclosing(Parser(limits)) as parser:
        words = await failure(parser, SLOW)
        assert words == "not parsed within 1 s of processor time"
        assert (await parser.extract(PAGE, "html", None, None)).title


async def test_a_process_that_stands_still_is_ended() -> None:
    async with aclosing(Parser()) as parser:
        await parser.extract(PAGE, "html", None, None)
        os.kill(child(), signal.SIGSTOP)
        parser._limits = ParseLimits(seconds=0.5)  # not before: a start may take longer than that
        assert await failure(parser, PAGE) == "not parsed within 0.5 s"
        parser._limits = ParseLimits()
        assert (await parser.extract(PAGE, "html", None, None)).title


async def test_a_process_that_dies_costs_one_document() -> None:
    async with aclosing(Parser()) as parser:
        await parser.extract(PAGE, "html", None, None)
        asking = asyncio.create_task(failure(parser, SLOW * 10))
        await asyncio.sleep(0.5)
        os.kill(child(), signal.SIGKILL)
        assert await asking == "the parser broke down over it (exit status -9)"
        assert (await parser.extract(PAGE, "html", None, None)).title


async def test_a_process_that_died_while_idle_costs_nothing(parser: Parser) -> None:
    await parser.extract(PAGE, "html", None, None)
    process = parser._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    assert (await parser.extract(PAGE, "html", None, None)).title


async def test_who_is_cancelled_leaves_no_answer_to_the_next() -> None:
    async with aclosing(Parser()) as parser:
        await parser.extract(PAGE, "html", None, None)
        asking = asyncio.create_task(parser.extract(SLOW * 10, "html", None, None))
        await asyncio.sleep(0.5)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert (await parser.extract(PAGE, "html", None, None)).title == "Agents in a Lighthouse"


async def test_who_is_cancelled_while_a_big_answer_arrives_comes_to_an_end() -> None:
    """A reader that has more than it wants stops its pipe, and only reading starts it again."""
    async with aclosing(Parser()) as parser:
        await parser.extract(b"warm", "plain", None, None)
        process = parser._process
        assert process is not None
        assert process.stdout is not None
        asking = asyncio.create_task(parser.extract(b"word " * 400_000, "plain", None, None))
        while not process.stdout._paused:  # type: ignore[attr-defined]
            await asyncio.sleep(0)
            assert not asking.done()
        asking.cancel()
        done, _ = await asyncio.wait({asking}, timeout=30)
        assert done
        assert asking.cancelled()
        assert process.returncode == -signal.SIGKILL
        assert (await parser.extract(PAGE, "html", None, None)).title


async def test_who_waits_while_it_is_closed_is_told() -> None:
    parser = Parser()
    await parser.extract(PAGE, "html", None, None)
    first = child()
    asking = asyncio.create_task(failure(parser, SLOW * 10))
    await asyncio.sleep(0.1)
    await parser.aclose()
    assert await asking == "the parser broke down over it (exit status -9)"
    assert not is_there(first)


async def test_what_holds_the_pipes_of_a_killed_process_holds_nobody_up() -> None:
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", "sleep 600 & echo $!; exec cat"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    holder = int(await process.stdout.readline())
    try:
        await _end(process, 0.1)
        assert is_there(holder)
    finally:
        os.kill(holder, signal.SIGKILL)
    await process.communicate()
    assert process.returncode == -signal.SIGKILL


async def test_a_lone_surrogate_comes_out_as_text(parser: Parser) -> None:
    found = await parser.extract(b"<div class=post-content>a&#xD800;b", "html", None, None)
    assert found.text.encode()
