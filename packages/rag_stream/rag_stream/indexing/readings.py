"""What each file was when it was read last, kept beside the index for whoever ingests next.

A small collection, one record a source: what was read, how, and the chunks that came of it. It
is never believed without the index: a record counts as long as those very chunks stand there
(`tally.py`). So one that is lost, late, or of another index costs a reading and no more.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag_stream.index.client import ChromaClient, Collection, Record

_SUFFIX = ".readings"
_PAGE = 100
MOST = 32 * 1024
"""Bytes of a record that is kept, so that a page of them is always an answer that is taken
(`MOST_ANSWER`). What a source has more to say than that, it is read for each time."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How one source was read.

    `key`: the same for the same bytes read in the same way. `tally`: what came of it, as
    `Tally` writes it. `note` and `includes`: what the reader had to say.
    """

    source: str
    key: str
    tally: str
    note: str = ""
    includes: tuple[str, ...] = ()

    @property
    def chunks(self) -> int:
        return int(self.tally.partition("-")[0])


class ReadingStore:
    """The readings of one index; who writes holds its lease.

    `keeps` False: nothing is written, as in a dry run.
    """

    def __init__(
        self, client: ChromaClient, name: str, collection: Collection | None, *, keeps: bool
    ) -> None:
        self._client = client
        self._name = name
        self._collection = collection
        self._keeps = keeps

    @classmethod
    async def open(cls, client: ChromaClient, index: str, *, keeps: bool = True) -> "ReadingStore":
        """Those of the index of that name; writes nothing."""
        name = f"{index}{_SUFFIX}"
        return cls(client, name, await client.find(name), keeps=keeps)

    async def of(self, sources: Sequence[str]) -> dict[str, Reading]:
        """The readings of those of these sources that have one, by source."""
        found: dict[str, Reading] = {}
        if self._collection is None:
            return found
        for start in range(0, len(sources), _PAGE):
            ids = [_id(source) for source in sources[start : start + _PAGE]]
            page = await self._client.get(self._collection, ids=ids, texts=False)
            found |= {reading.source: reading for reading in map(_reading_of, page)}
        return found

    async def save(self, readings: Iterable[Reading]) -> None:
        """Record these, each in the place of the one before; none of those that say too much."""
        if not self._keeps:
            return
        records = [_record_of(reading) for reading in readings]
        small = [record for record in records if _size(record) <= MOST]
        if small:
            await self._client.upsert(await self._opened(), small)
        await self.forget([str(r.metadata["source"]) for r in records if _size(r) > MOST])

    async def forget(self, sources: Sequence[str]) -> None:
        """Let these sources' readings not be known any more."""
        if self._keeps and self._collection is not None and sources:
            await self._client.delete(self._collection, [_id(source) for source in sources])

    async def _opened(self) -> Collection:
        if self._collection is None:
            await self._client.create(self._name, {"of": "readings"})
            self._collection = await self._client.find(self._name)
            assert self._collection is not None, "created above"  # noqa: S101
        return self._collection


def _id(source: str) -> str:
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _size(record: Record) -> int:
    """Bytes, or a few more: no server writes it longer than in plain ASCII."""
    return len(json.dumps(dict(record.metadata)))


def _record_of(reading: Reading) -> Record:
    metadata: Mapping[str, str] = {
        "source": reading.source,
        "key": reading.key,
        "tally": reading.tally,
        **({"note": reading.note} if reading.note else {}),
        **({"includes": json.dumps(reading.includes)} if reading.includes else {}),
    }
    import numpy as np  # here: it is slow to import, and a look needs none

    return Record(_id(reading.source), "", metadata, 0.0, np.ones(1, "<f4"))


def _reading_of(record: Record) -> Reading:
    of = record.metadata
    source, key, tally, note = (
        str(of.get(name, "")) for name in ("source", "key", "tally", "note")
    )
    includes = tuple(map(str, json.loads(str(of.get("includes", "[]")))))
    return Reading(source, key, tally, note, includes)
