"""The sources of a run as documents, and these in chunks: what goes wrong with one ends no run."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Protocol, TypeVar

from langchain_core.documents import Document

from ingest.sources.discover import Source
from ingest.sources.reader import Reader
from ingest.sources.unforeseen import unforeseen
from ingest.unchanged import Unchanged
from rag_stream.errors import SourceError
from rag_stream.indexing.readings import Reading

READ_AT_ONCE = 8

Result = TypeVar("Result", covariant=True)


class Rereader:
    """Reads what is not known to be as it was when it was read before."""

    def __init__(self, reader: Reader, unchanged: Unchanged) -> None:
        self._reader = reader
        self._unchanged = unchanged

    async def read(self, source: Source, turn: asyncio.Event) -> Document | Reading:
        """As `Reader.read`; how it was read before, where nothing has changed."""
        loaded = await self._reader.load(source, turn)
        before = self._unchanged.known(source, loaded)
        if before is None:
            return await self._reader.document(source, loaded)
        self._reader.say(source, before.note, before.includes)
        return before


class Reads(Protocol[Result]):
    """Whatever reads sources."""

    async def read(self, source: Source, turn: asyncio.Event) -> Result: ...


async def read_all(
    reader: Reads[Result], sources: Iterable[Source]
) -> AsyncGenerator[tuple[Source, Result | SourceError], None]:
    """Each source with its document or its error, in order, a few being read ahead."""
    waiting = iter(sources)
    ahead: list[tuple[Source, asyncio.Event, asyncio.Task[Result | SourceError]]] = []

    def read_one_more() -> None:
        source = next(waiting, None)
        if source is not None:
            turn = asyncio.Event()
            ahead.append((source, turn, asyncio.create_task(_read(reader, source, turn))))

    try:
        for _ in range(READ_AT_ONCE):
            read_one_more()
        while ahead:
            source, turn, task = ahead[0]
            turn.set()
            document = await task
            ahead.pop(0)
            read_one_more()
            yield source, document
    finally:
        for _, _, task in ahead:
            task.cancel()
        await asyncio.gather(*(task for _, _, task in ahead), return_exceptions=True)


async def _read(reader: Reads[Result], source: Source, turn: asyncio.Event) -> Result | SourceError:
    try:
        return await reader.read(source, turn)
    except SourceError as error:
        return error
    except Exception as error:  # noqa: BLE001  # one source never ends the run
        return unforeseen(source.name, error)


async def chunks_of(
    source: Source,
    document: Document | SourceError,
    split: Callable[[Document], list[Document]],
) -> list[Document] | SourceError:
    """The chunks of what was read; what went wrong, be it in the reading or here."""
    if isinstance(document, SourceError):
        return document
    try:
        return await asyncio.to_thread(split, document)
    except Exception as error:  # noqa: BLE001  # one source never ends the run
        return unforeseen(source.name, error)
