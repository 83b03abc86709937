"""A look at what is there: the chunks of a source as they are in the index."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from typing import IO

from ingest.report import writable
from ingest.sources.names import shown
from rag_stream.errors import SourceError
from rag_stream.index.client import Record
from rag_stream.index.generation import describe
from rag_stream.index.neighbours import in_order
from rag_stream.indexing.inventory import chunks_by_source
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings

MOST_LISTED = 200
_NEAR = 5


async def show(name: str, settings: Settings, *, as_json: bool, out: IO[str] | None = None) -> int:
    """Print the chunks of the source, or the sources that `name` is a part of; returns 0.

    Raises SourceError where it is a part of none, IndexEmptyError, IndexUnavailableError.
    """
    out = out or sys.stdout
    runtime = Runtime(settings)
    try:
        snapshot = await runtime.index.snapshot()
        client = await runtime.index.client()
        records = await client.get(snapshot.collection, {"source": name})
        if not any(map(snapshot.holds, records)):
            counts = await chunks_by_source(client, snapshot)
            found = matching(name, counts)
            if len(found) > 1:
                lines = listed_json(found, counts) if as_json else listed(found, counts)
                _print(lines, out, as_json=as_json)
                return 0
            records = await client.get(snapshot.collection, {"source": found[0]})
        chunks = in_order(filter(snapshot.holds, records))
        _print(as_objects(chunks) if as_json else as_text(chunks), out, as_json=as_json)
        return 0
    finally:
        await runtime.aclose()


def matching(name: str, known: Counter[str]) -> list[str]:
    """The sources that `name` is a part of, upper case or lower. Raises SourceError for none."""
    part = name.casefold()
    if found := sorted(source for source in known if part in source.casefold()):
        return found
    near = get_close_matches(name, known, _NEAR)
    if not near:
        lasts = {source.rpartition("/")[2] for source in known}
        close = get_close_matches(name.rpartition("/")[2], lasts, _NEAR)
        near = [source for source in sorted(known) if source.rpartition("/")[2] in close][:_NEAR]
    hint = f"; near it are {', '.join(near)}" if near else ""
    raise SourceError(
        f"expected a source or a part of the name of one, got {name!r}, which is in none of "
        f"{len(known)}{hint}"
    )


def listed(found: list[str], counts: Counter[str]) -> Iterator[str]:
    """The sources a line each, for people."""
    yield f"{len(found)} sources have that in their names; --show one of them prints its chunks"
    for source in found[:MOST_LISTED]:
        yield f"{counts[source]:6} chunks  {shown(source)}"
    if len(found) > MOST_LISTED:
        yield f"and {len(found) - MOST_LISTED} more"


def listed_json(found: list[str], counts: Counter[str]) -> Iterator[str]:
    """The same for machines, all of them."""
    for source in found:
        yield _line({"event": "source", "source": source, "chunks": counts[source]})


def as_text(chunks: list[Record]) -> Iterator[str]:
    """The chunks for people: where each lies, what is known of it, its text."""
    first = describe(chunks[0])
    yield f"{shown(str(first['source']))}: {len(chunks)} chunks"
    for number, chunk in enumerate(chunks, 1):
        known = dict(describe(chunk))
        start = int(known.pop("start_index", 0))
        known.pop("source", None)
        yield ""
        yield f"--- {number} of {len(chunks)}, characters {start} to {start + len(chunk.text)} ---"
        # What a chunk is part of first, the rest by name.
        for key in sorted(known, key=lambda key: (key != "title", key != "section", key)):
            yield f"{shown(key)}: {shown(str(known[key]))}"
        yield ""
        yield from map(readable, chunk.text.split("\n"))


def as_objects(chunks: list[Record]) -> Iterator[str]:
    """The chunks for machines."""
    for number, chunk in enumerate(chunks, 1):
        metadata = dict(sorted(describe(chunk).items()))
        yield _line(
            {
                "event": "chunk",
                "number": number,
                "of": len(chunks),
                "id": chunk.id,
                "metadata": metadata,
                "text": chunk.text,
            }
        )


def readable(line: str) -> str:
    """A line of a text for a terminal: whole, and nothing in it that steers one."""
    return "".join(
        char if char.isprintable() or char == "\t" else char.encode("unicode_escape").decode()
        for char in line
    )


def _line(event: dict[str, object]) -> str:
    return json.dumps(event, ensure_ascii=False)


def _print(lines: Iterator[str], out: IO[str], *, as_json: bool) -> None:
    for line in lines:
        # Escaped as JSON has it, where the stream cannot take it.
        is_whole = not as_json or writable(line, out) == line
        print(writable(line, out) if is_whole else json.dumps(json.loads(line)), file=out)
