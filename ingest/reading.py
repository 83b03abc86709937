"""The sources of a run as documents, and these in chunks: what goes wrong with one ends no run."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable

from langchain_core.documents import Document

from ingest.sources.discover import Source
from ingest.sources.reader import Reader
from ingest.sources.unforeseen import unforeseen
from rag_stream.errors import SourceError

READ_AT_ONCE = 8


async def read_all(
    reader: Reader, sources: Iterable[Source]
) -> AsyncGenerator[tuple[Source, Document | SourceError], None]:
    """Each source with its document or its error, in order, a few being read ahead."""
    waiting = iter(sources)
    ahead: list[tuple[Source, asyncio.Event, asyncio.Task[Document | SourceError]]] = []

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


async def _read(reader: Reader, source: Source, turn: asyncio.Event) -> Document | SourceError:
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
