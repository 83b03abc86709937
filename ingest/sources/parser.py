"""Parsing in a process that can be ended: `parser_process.py`, as its user sees it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ingest.sources import parser_process
from ingest.sources.ends import Ends
from ingest.sources.extracted import EmptyError, Extracted
from ingest.sources.kinds import Kind
from ingest.sources.parser_process import HEAD, OUT_OF_MEMORY, frame
from ingest.sources.sitemap_xml import Listed
from rag_stream.child_environment import with_code_of
from rag_stream.errors import SourceError

_STEP = 65_536
_END_SECONDS = 10.0
"""For the pipes of a process that was killed: something else might hold them open."""
_PASSED_ON = ("PATH", "LANG", "HOME", "TMPDIR", "VIRTUAL_ENV")
_PASSED_ON_FROM = ("LC_", "LD_", "DYLD_", "PYTHON")
"""Of the environment: it has no use for keys."""


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """What parsing one document may take."""

    cpu_seconds: int = 30
    seconds: float = 120.0
    """By the clock, for a parser that waits for the processor or for nothing."""
    memory: int = 64_000_000
    """Bytes, beside `memory_per_byte` of the document; both up to `max_memory`."""
    memory_per_byte: int = 64
    max_memory: int = 512_000_000

    def memory_for(self, size: int) -> int:
        return min(self.max_memory, self.memory + self.memory_per_byte * size)


PARSE_LIMITS = ParseLimits()


class Parser:
    """One process for one document after another, started when the first one comes.

    A document that ends it costs nothing but itself: the next one gets a new process.
    Safe to share between concurrent reads; close it.
    """

    def __init__(self, limits: ParseLimits = PARSE_LIMITS) -> None:
        self._limits = limits
        self._process: asyncio.subprocess.Process | None = None
        self._one = asyncio.Lock()

    async def extract(
        self,
        body: bytes,
        kind: Kind,
        charset: str | None,
        css_classes: Sequence[str] | None,
        ends: Ends | None = None,
    ) -> Extracted:
        """`extract.extract`, over there."""
        asked: dict[str, Any] = {"kind": kind, "charset": charset, "css_classes": css_classes}
        if ends is not None:
            asked |= {"repeats": sorted(ends.repeats), "ends": ends.is_wanted}
        answer, text = await self._ask(asked, body)
        return Extracted(
            text.decode(),
            answer["title"],
            answer["details"],
            tuple(answer["includes"]),
            answer["note"],
            None if answer["ends"] is None else tuple(answer["ends"]),
        )

    async def read_sitemap(self, body: bytes) -> Listed:
        """`sitemap_xml.read_sitemap`, over there."""
        answer, text = await self._ask({"kind": "sitemap"}, body)
        return Listed(answer["sitemaps"], json.loads(text))

    async def aclose(self) -> None:
        """End the process; who waits for its answer is told that it broke down."""
        process = self._process
        if process is not None and process.returncode is None and self._one.locked():
            process.kill()
        async with self._one:  # its reader has gone: `_end` reads, too
            await self._let_go()

    async def _let_go(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await _end(process)

    async def _ask(self, asked: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """Raises SourceError, whose text is the reason alone."""
        limits = self._limits
        memory = limits.memory_for(len(body))
        header = {**asked, "memory": memory, "cpu_seconds": limits.cpu_seconds}
        async with self._one:
            process = await self._running()
            keep = False
            try:
                async with asyncio.timeout(limits.seconds):
                    try:
                        answer, text = await _exchange(process, header, body)
                    except (asyncio.IncompleteReadError, ConnectionError) as error:
                        status = await process.wait()
                        raise SourceError(self._why(status, memory)) from error
                keep = not answer["retire"]
            except TimeoutError:
                raise SourceError(f"not parsed within {limits.seconds:g} s") from None
            finally:
                # Also when cancelled: its answer would be taken for the next one's.
                if not keep:
                    await self._let_go()
        if problem := answer.get("problem"):
            raise EmptyError(problem) if answer.get("is_empty") else SourceError(problem)
        return answer, text

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is not None:
            await self._let_go()
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                # -P: what lies in the user's folder does not stand in for modules.
                *("-P", "-m", parser_process.__name__),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                # What libraries say about a page is of no use, and the page may have worded it.
                stderr=asyncio.subprocess.DEVNULL,
                env=with_code_of(_environment(), "ingest", "rag_stream"),
                start_new_session=True,  # Ctrl-C is for us; we end it
            )
        return self._process

    def _why(self, status: int, memory: int) -> str:
        if status == -signal.SIGXCPU:
            return f"not parsed within {self._limits.cpu_seconds} s of processor time"
        if status == OUT_OF_MEMORY:
            return f"not parsed within {memory // 1_000_000} MB of memory"
        return f"the parser broke down over it (exit status {status})"


async def _exchange(
    process: asyncio.subprocess.Process, header: dict[str, Any], body: bytes
) -> tuple[dict[str, Any], bytes]:
    sink, source = process.stdin, process.stdout
    assert sink is not None, "it has pipes"  # noqa: S101
    assert source is not None, "it has pipes"  # noqa: S101
    sink.write(frame(header, body))
    view = memoryview(body)
    for start in range(0, len(body), _STEP):  # so that the pipe's writer holds no second copy
        sink.write(view[start : start + _STEP])
        await sink.drain()
    await sink.drain()
    length, size = HEAD.unpack(await source.readexactly(HEAD.size))
    answer = json.loads(await source.readexactly(length))
    return answer, await source.readexactly(size)


async def _end(process: asyncio.subprocess.Process, seconds: float = _END_SECONDS) -> None:
    if process.stdin is not None:
        process.stdin.close()
    if process.returncode is None:
        process.kill()
    # Not `wait`: Python 3.11's returns when every pipe has reached its end, and who was cancelled
    # in the middle of a big answer may have left the pipe paused. This reads it to its end.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await process.communicate()


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED_ON or name.startswith(_PASSED_ON_FROM)
    }
