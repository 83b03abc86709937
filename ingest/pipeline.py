"""One ingest run: find the sources, read several at a time, write one after another."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from langchain_core.documents import Document

from ingest.chunking.split import split
from ingest.report import Report
from ingest.sources.discover import Found, Source, combine, find_sample, find_sources
from ingest.sources.fetch import open_client
from ingest.sources.reader import Reader
from ingest.sources.sitemap import find_in_sitemap
from rag_stream.errors import SourceError
from rag_stream.indexing.diff import chunks_of
from rag_stream.indexing.lease import lease
from rag_stream.indexing.rebuild import rebuild, restore
from rag_stream.indexing.smoothing import weights_of
from rag_stream.indexing.sync import Outcome, Sync
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings

READ_AT_ONCE = 8


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
    as_json: bool = False


async def run(request: Request, settings: Settings) -> int:
    """Carry the request out; 0, or 1 where a source could not be read.

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
            if request.rebuild:
                status = await _rebuild(request, runtime)
            else:
                await restore(client, settings.collection)
                status = await _ingest(request, runtime)
            # So that no question has to wait for it. Where it fails, who searches next does it.
            await runtime.catch_up()
            return status
    finally:
        await runtime.aclose()


async def _holds_something(runtime: Runtime) -> bool:
    state = await runtime.index.find()
    return state is not None and await runtime.index.count(state) > 0


async def _rebuild(request: Request, runtime: Runtime) -> int:
    started = time.monotonic()
    report = Report(1, as_json=request.as_json)
    name = runtime.settings.collection
    client = await runtime.index.client()
    weights = weights_of(runtime.settings.profile)
    count = await rebuild(
        client,
        name,
        runtime.embedder,
        report.embedding,
        weights=weights,
        lexical=runtime.lexical,
    )
    report.rebuilt(name, runtime.embedder.fingerprint, count, time.monotonic() - started)
    return 0


async def _ingest(request: Request, runtime: Runtime) -> int:
    started = time.monotonic()
    async with open_client() as http:
        reader = Reader(http, request.css_classes)
        found = await _find(request, reader)
        report = Report(
            len(found.sources) + len(found.problems),
            as_json=request.as_json,
            dry_run=request.dry_run,
        )
        for problem in found.problems:
            report.problem(problem)
        if found.skipped:
            report.note(f"files of other kinds left out of the folders: {found.skipped}")
        sync = await _open(request, runtime)
        async with aclosing(_read_all(reader, found.sources)) as documents:
            async for source, document in documents:
                if isinstance(document, SourceError):
                    report.problem(document)
                    continue
                chunks = await asyncio.to_thread(split, document, runtime.settings)
                report.done(await _put(request, sync, source.name, chunks, report))
        if request.prune and found.problems:
            # What a sitemap or folder that cannot be read would name is not known to be gone.
            report.note("nothing pruned, because not all sources could be found")
        elif request.prune:
            for outcome in await _prune(request, sync, found):
                report.done(outcome)
    report.close(time.monotonic() - started)
    return 1 if report.failed else 0


async def _find(request: Request, reader: Reader) -> Found:
    parts = [find_sources(request.sources, base=Path.cwd())]
    if request.sample:
        parts.append(find_sample())
    for url in request.sitemaps:
        try:
            parts.append(await find_in_sitemap(url, reader.fetch))
        except SourceError as error:
            parts.append(Found((), problems=(error,)))
    return combine(parts)


async def _open(request: Request, runtime: Runtime) -> Sync | None:
    """The index to write to; for a dry run the index to look at, None where there is none."""
    index, embedder = runtime.index, runtime.embedder
    weights = weights_of(runtime.settings.profile)
    if not request.dry_run:
        return await Sync.open(index, runtime.settings.collection, embedder, weights)
    state = await index.find()
    if state is None:
        return None
    state.require(embedder.fingerprint)
    return Sync(await index.client(), index, state, embedder, weights)


async def _put(
    request: Request, sync: Sync | None, source: str, chunks: list[Document], report: Report
) -> Outcome:
    if sync is None:
        count = len(chunks_of(chunks))
        return Outcome(source, "added", count, embedded=count)
    if request.dry_run:
        return await sync.preview(source, chunks)
    return await sync.put(source, chunks, report.embedding)


async def _prune(request: Request, sync: Sync | None, found: Found) -> list[Outcome]:
    if sync is None:
        return []
    gone = sorted(await sync.sources() - {source.name for source in found.sources})
    if request.dry_run:
        return [await sync.preview_removal(source) for source in gone]
    return [await sync.remove(source) for source in gone]


async def _read_all(
    reader: Reader, sources: Iterable[Source]
) -> AsyncGenerator[tuple[Source, Document | SourceError], None]:
    """Each source with its document or its error, in order, a few being read ahead."""
    waiting = iter(sources)
    ahead: list[tuple[Source, asyncio.Task[Document | SourceError]]] = []

    def read_one_more() -> None:
        source = next(waiting, None)
        if source is not None:
            ahead.append((source, asyncio.create_task(_read(reader, source))))

    try:
        for _ in range(READ_AT_ONCE):
            read_one_more()
        while ahead:
            source, task = ahead[0]
            document = await task
            ahead.pop(0)
            read_one_more()
            yield source, document
    finally:
        for _, task in ahead:
            task.cancel()
        await asyncio.gather(*(task for _, task in ahead), return_exceptions=True)


async def _read(reader: Reader, source: Source) -> Document | SourceError:
    try:
        return await reader.read(source)
    except SourceError as error:
        return error
