"""The command line of `python -m bench.kills`."""

import argparse
import asyncio
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.kills.large import HEAD, recover
from bench.kills.look import Look, UnreadableError, look
from bench.kills.owner import kill
from bench.kills.writer import DOINGS, Corpus, Writer
from bench.progress import say
from bench.results import machine
from rag_stream.errors import IndexUnavailableError
from rag_stream.index.folder import inside
from rag_stream.index.server import acquire_server
from rag_stream.settings import Settings, load_settings

SPANS = (1.0, 4.0)
"""One kill in two comes within the time that such a change takes, the others up to so much
later: most of those find it done, or the index would shrink, and the next change under way."""


@dataclass(slots=True)
class Tally:
    """What came of the kills, by what was going on."""

    kills: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    chunks_lost: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    torn: Counter[str] = field(default_factory=Counter)
    searched: int = 0
    back_s: list[float] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.unreadable or self.torn)

    def table(self) -> str:
        """As Markdown."""
        rows = ["| while | kills | lost chunks (in all) | unreadable | a source in half |"]
        rows.append("|---|---|---|---|---|")
        for doing in DOINGS:
            lost = f"{self.lost[doing]} ({self.chunks_lost[doing]})"
            numbers = (self.kills[doing], lost, self.unreadable[doing], self.torn[doing])
            rows.append(f"| {doing} | " + " | ".join(map(str, numbers)) + " |")
        return "\n".join(rows)


def parser() -> argparse.ArgumentParser:
    """The options, as `--help` shows them."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.kills",
        description="Kill the index server at random moments of adding, replacing and removing; "
        "after each kill read the index and search every chunk of it by its own vector.",
        epilog="Exit status: 0 nothing was lost, 1 something was, 2 bad options.",
    )
    add = parser.add_argument
    add("--kills", type=int, default=300, help="how many (default: %(default)s)")
    add("--sources", type=int, default=4, help="at most (default: %(default)s)")
    add("--chunks", type=int, default=120, help="of a source (default: %(default)s)")
    add("--minutes", type=float, default=30, help="stop after that (default: %(default)s)")
    add("--seed", type=int, help="for the random moments (default: another one each time)")
    add("--large", type=int, metavar="CHUNKS", help="instead two kills among so many chunks")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill and report; returns the exit status."""
    options = parser().parse_args(arguments)
    if min(options.kills, options.sources, options.chunks) < 1:
        parser().error("--kills, --sources, --chunks: expected numbers from 1 on")
    if options.large is not None:
        return _main_large(options.large)
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(3))
    with tempfile.TemporaryDirectory(prefix="rag-stream-kills-") as folder:
        settings = load_settings(chroma_path=Path(folder) / "chroma", chroma_url=None)
        tally = asyncio.run(_kill_all(settings, options, random.Random(seed)))
    done = tally.kills.total()
    slowest = max(tally.back_s, default=0.0)
    usual = sorted(tally.back_s)[len(tally.back_s) // 2] if tally.back_s else 0.0
    print(f"# The index server killed {done} times\n\n{machine()}. Seed {seed}.\n")
    print(
        f"{tally.table()}\n\n{tally.searched} searches. Back after {usual:.1f} s (median), ", end=""
    )
    print(f"{slowest:.1f} s at most.")
    for remark in tally.remarks:
        print(f"- {remark}")
    if done < options.kills:
        say(f"stopped after {options.minutes:g} minutes, before all {options.kills} kills")
    return 0 if tally.is_clean else 1


def _main_large(chunks: int) -> int:
    with tempfile.TemporaryDirectory(prefix="rag-stream-kills-") as folder:
        settings = load_settings(chroma_path=Path(folder) / "chroma", chroma_url=None)
        try:
            found = asyncio.run(recover(settings, chunks))
        finally:
            kill(settings.chroma_path)
    rows = "\n".join(recovery.line() for recovery in found)
    print(f"# The index server killed among {chunks} chunks\n\n{machine()}.\n\n{HEAD}\n{rows}")
    return 1 if any(recovery.lost for recovery in found) else 0


async def _kill_all(
    settings: Settings, options: argparse.Namespace, moments: random.Random
) -> Tally:
    tally, corpus = Tally(), Corpus()
    writer = Writer(settings, corpus, moments, options.sources)
    until = time.monotonic() + 60 * options.minutes
    lease = acquire_server(settings.chroma_path)
    try:
        await writer.fill(options.sources - 1, options.chunks)
        while tally.kills.total() < options.kills and time.monotonic() < until:
            unreadable = tally.unreadable.total()
            await _kill_once(settings, options.chunks, writer, corpus, tally, moments)
            if tally.unreadable.total() > unreadable:  # for good: there is nothing to go on with
                await _begin_anew(settings.chroma_path, corpus)
                await writer.fill(options.sources - 1, options.chunks)
    finally:
        lease.close()
        await _gone(settings.chroma_path)
    return tally


async def _kill_once(
    settings: Settings,
    chunks: int,
    writer: Writer,
    corpus: Corpus,
    tally: Tally,
    moments: random.Random,
) -> None:
    doing = DOINGS[tally.kills.total() % len(DOINGS)]
    writing = asyncio.create_task(writer.write(doing, chunks))
    begun = asyncio.create_task(writer.begun.wait())
    await asyncio.wait({begun, writing}, return_when=asyncio.FIRST_COMPLETED)
    begun.cancel()
    await asyncio.sleep(moments.uniform(0, writer.took_s[doing] * moments.choice(SPANS)))
    since = time.monotonic()
    kill(settings.chroma_path)
    writing.cancel()
    with suppress(IndexUnavailableError, asyncio.CancelledError):
        await writing
    doing, number = corpus.doing, tally.kills.total() + 1
    tally.kills[doing] += 1
    # As a user who comes now: it has to be back, and put in order, when it lets us in.
    (await asyncio.to_thread(acquire_server, settings.chroma_path)).close()
    tally.back_s.append(time.monotonic() - since)
    try:
        seen = await look(settings)
    except UnreadableError as error:
        tally.unreadable[doing] += 1
        tally.remarks.append(f"kill {number}, {doing}: {str(error)[:300]}")
        return
    _note(seen, corpus, tally, f"kill {number}, {doing}", doing)


def _note(seen: Look, corpus: Corpus, tally: Tally, when: str, doing: str) -> None:
    tally.searched += seen.chunks
    if seen.lost:
        tally.lost[doing] += 1
        tally.chunks_lost[doing] += len(seen.lost)
        tally.remarks.append(f"{when}: {len(seen.lost)} of {seen.chunks} lost; {seen.lost[0]}")
    halves = [
        source
        for source in seen.sources.keys() | corpus.stands.keys()
        if not corpus.allows(source, seen.sources.get(source, frozenset()))
    ]
    if halves:
        tally.torn[doing] += 1
        tally.remarks.append(f"{when}: {halves[0]} is neither its old version nor its new one")
    corpus.settle(seen.sources)


async def _begin_anew(folder: Path, corpus: Corpus) -> None:
    kill(folder)
    await asyncio.sleep(0.5)
    shutil.rmtree(folder)
    corpus.settle({})


async def _gone(folder: Path) -> None:
    """Wait for the server's end, which comes some seconds after its last user's."""
    address = inside(folder, "address")
    for _ in range(200):
        if not address.exists():
            return
        await asyncio.sleep(0.05)
    kill(folder)
