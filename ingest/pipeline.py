"""One ingest run: find the sources, read several at a time, write one after another."""

import time
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ingest.chunking.split import split
from ingest.filing import Filing
from ingest.identity import SAMPLE_FOLDER
from ingest.languages import Languages, languages_of, unknown_to_the_model
from ingest.learning import Learning
from ingest.naming import Naming
from ingest.notes import includes, loops, outside
from ingest.reading import Rereader, chunks_of, read_all
from ingest.remains import Remains
from ingest.report import Report
from ingest.sources.discover import (
    FileSource,
    Found,
    combine,
    find_sample,
    find_sources,
)
from ingest.sources.fetch import open_client
from ingest.sources.parser import Parser
from ingest.sources.reader import Reader
from ingest.sources.sitemap import find_in_sitemap
from ingest.target import Target, open_index, open_preview, open_rebuild
from ingest.unchanged import Unchanged
from rag_stream.calibration.asking import recalibrate
from rag_stream.errors import (
    ConnectTimeoutError,
    EmbeddingFailedError,
    EmbeddingMismatchError,
    IndexUnavailableError,
    RetrievalTimeoutError,
    SourceError,
)
from rag_stream.indexing.lease import lease
from rag_stream.indexing.rebuild import Rebuild
from rag_stream.indexing.repeats import RepeatStore
from rag_stream.indexing.swap import restore
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings


@dataclass(frozen=True, slots=True)
class Request:
    """What one run was asked to do."""

    sources: tuple[str, ...] = ()
    sample: bool = False
    sitemaps: tuple[str, ...] = ()
    css_classes: tuple[str, ...] | None = None
    prune: bool = False
    rebuild: bool = False
    dry_run: bool = False
    if_empty: bool = False
    follow_links: bool = False
    include: tuple[str, ...] = ()
    allow_skipped: bool = False
    allow_private: bool = False
    as_json: bool = False
    remove: tuple[str, ...] = ()
    name: str | None = None
    """What the folder that is given shall be called (`--as`)."""

    @property
    def names_sources(self) -> bool:
        return bool(self.sources or self.sample or self.sitemaps or self.remove)


async def run(request: Request, settings: Settings, remains: Remains) -> int:
    """Carry the request out; 0, or 1 where a source could not be read.

    `remains` says at any time what is left if the run stops.

    Raises the domain errors that stop the whole run.
    """
    runtime = Runtime(settings)
    try:
        if request.if_empty and await _holds_something(runtime):
            return 0
        if request.dry_run:
            return await _ingest(request, runtime)
        client = await runtime.index.client()
        async with lease(client, settings.collection):
            await restore(client, settings.collection)
            is_there = await runtime.index.find() is not None
            remains.is_untouched = request.rebuild and is_there
            if request.rebuild and not request.names_sources:
                status = await _embed_anew(request, runtime)
            else:
                status = await _ingest(request, runtime)
            remains.is_untouched = False
            # So that no question has to wait for it. Where it fails, who searches next does it.
            await runtime.catch_up()
            return status
    finally:
        await runtime.aclose()


async def _holds_something(runtime: Runtime) -> bool:
    state = await runtime.index.find()
    return state is not None and await runtime.index.count(state) > 0


async def _embed_anew(request: Request, runtime: Runtime) -> int:
    started = time.monotonic()
    report = Report(1, as_json=request.as_json)
    rebuild = await open_rebuild(runtime, report, has_sources=False)
    await rebuild.finish()
    await _calibrate(runtime, report)
    _tell_rebuilt(report, runtime, rebuild, started)
    return 0


def _tell_rebuilt(report: Report, runtime: Runtime, rebuild: Rebuild, started: float) -> None:
    name, model = runtime.settings.collection, rebuild.embedding_model
    report.rebuilt(name, model, rebuild.chunks, time.monotonic() - started)


async def _ingest(request: Request, runtime: Runtime) -> int:
    started = time.monotonic()
    async with (
        open_client(allow_private=request.allow_private) as http,
        aclosing(Parser()) as parser,
    ):
        reader = Reader(http, parser, request.css_classes)
        found = await _find(request, reader, parser)
        naming = await Naming.open(runtime.index, runtime.settings.collection)
        found = await naming.settle(
            found,
            request.sources,
            base=Path.cwd(),
            read=reader.read,
            name=request.name,
            sample=SAMPLE_FOLDER if request.sample else None,
            sitemaps=request.sitemaps,
        )
        report = Report(
            len(found.sources) + len(found.problems) + len(request.remove),
            as_json=request.as_json,
            dry_run=request.dry_run,
        )
        reader.tell = report.note
        for problem in found.problems:
            report.problem(problem)
        for line in [*outside(found.outside), *loops(found.loops)]:
            report.note(line)
        languages = partial(languages_of, reader, found.sources)
        target = await _open(request, runtime, report, languages)
        learning = await Learning.open(await _repeats(request, runtime), naming)
        await naming.begin(target, report, dry_run=request.dry_run)
        unchanged = await Unchanged.open(runtime, request.css_classes, naming, target)
        if runtime.settings.profile != "reference":
            await learning.learn(reader, naming.held, report, again=request.rebuild)
            reader.repeats = learning.of
            unchanged.learned = learning.known()
        cut = partial(chunks_of, split=partial(split, settings=runtime.settings))
        filing = Filing(naming, reader, target, report, cut, unchanged)
        rereader = Rereader(reader, unchanged)
        async with aclosing(read_all(rereader, found.sources)) as documents:
            async for source, document in documents:
                await filing.take(source, document)
        await filing.remove(request.remove)
        await filing.take_out(prune=request.prune, is_complete=not found.problems)
        await target.finish()
        await unchanged.finish()
        if not request.dry_run:
            await _calibrate(runtime, report)
        if isinstance(target, Rebuild):
            _tell_rebuilt(report, runtime, target, started)
        if included := includes(reader.includes):
            report.note(included)
    report.left_out(found.left_out)
    files = {source.name for source in found.sources if isinstance(source, FileSource)}
    read = len(files.difference(report.empties))
    outweighs = None if request.allow_skipped else found.left_out.outweighs(read)
    if outweighs:
        report.note(outweighs)
    report.close(time.monotonic() - started)
    return 1 if report.failed or outweighs else 0


async def _calibrate(runtime: Runtime, report: Report) -> None:
    """Have the index know what nothing looks like in it; where that fails, the next run does."""
    if runtime.settings.abstain_below != "auto":
        return
    try:
        state = await runtime.index.find()
        if state is not None:
            await recalibrate(runtime.index, runtime.embedders.of(state))
    except (
        EmbeddingFailedError,
        EmbeddingMismatchError,  # it has been made anew with another one meanwhile
        ConnectTimeoutError,
        RetrievalTimeoutError,
        IndexUnavailableError,  # all is committed by now
    ) as error:
        report.note(f"the everyday questions were not asked: {error}")
    for line in (await runtime.readiness.without_abstention(), await unknown_to_the_model(runtime)):
        if line:
            report.note(line)


async def _find(request: Request, reader: Reader, parser: Parser) -> Found:
    parts = [
        find_sources(
            request.sources,
            base=Path.cwd(),
            follow_links=request.follow_links,
            include=request.include,
        ),
    ]
    if request.sample:
        parts.append(find_sample())
    for url in request.sitemaps:
        try:
            parts.append(await find_in_sitemap(url, reader.fetch, parser.read_sitemap))
        except SourceError as error:
            parts.append(Found((), problems=(error,)))
    return combine(parts)


async def _repeats(request: Request, runtime: Runtime) -> RepeatStore:
    client, name = await runtime.index.client(), runtime.settings.collection
    return await RepeatStore.open(client, name, keeps=not request.dry_run)


async def _open(request: Request, runtime: Runtime, report: Report, languages: Languages) -> Target:
    if request.dry_run:
        return await open_preview(runtime, report, languages)
    if request.rebuild and await runtime.index.find() is not None:
        return await open_rebuild(runtime, report, languages, has_sources=True)
    return await open_index(runtime, report, languages)
