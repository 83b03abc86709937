"""The vectors of the everyday questions, kept beside the indexes that were made with a model.

In a collection of their own, one for each model, so that whoever answers questions has them
without embedding some hundred texts; whichever process and machine has asked an index of that
model the questions has put them there.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from rag_stream.calibration.everyday import EDITION, everyday
from rag_stream.errors import IndexUnavailableError
from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.reader import IndexReader
from rag_stream.index.snapshot import IndexSnapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag_stream.calibration.everydayness import Everydayness

log = logging.getLogger(__name__)

WAIT_S = 2.0
"""How long after its beginning a load is waited for by questions; it mostly takes a tenth."""
MISS_S = 60.0
"""How long what was not there is not looked for again, while the index stays as it is."""
FAILURE_S = 5.0
"""The same where the index server failed."""
PAGE = 64
"""Vectors in one answer: some milliseconds of parsing, between which questions go on."""


def name_of(model: str, dimension: int) -> str:
    """The name of the collection for a model and the length of its vectors."""
    told = f"{model} {dimension} {EDITION}"
    return f"everyday-{blake2b(told.encode(), digest_size=8).hexdigest()}"


async def keep(client: ChromaClient, model: str, vectors: "NDArray[np.float32]") -> None:
    """Put them where `Kept` finds them; in the order of the questions.

    Raises IndexUnavailableError.
    """
    name = name_of(model, vectors.shape[1])
    collection = await client.find(name)
    if collection is None:
        # Another ingest may be doing the same.
        collection = await client.create(name, {"embedding_model": model})
        collection = collection or await client.find(name)
    if collection is not None:
        told = zip(_texts(), vectors, strict=True)
        records = [Record(f"{n}", text, {"n": n}, 0.0, own) for n, (text, own) in enumerate(told)]
        await client.upsert(collection, records)


@dataclass(frozen=True, slots=True)
class _Miss:
    """When they were not to be had, and of what state of the index somebody asked."""

    snapshot: IndexSnapshot | None
    until: float


@dataclass(frozen=True, slots=True)
class _Load:
    began: float
    task: asyncio.Task[None]


class Kept:
    """Reads them once, for all who ask; belongs to one event loop, as the IndexReader does."""

    def __init__(
        self,
        index: IndexReader,
        *,
        wait_s: float = WAIT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._index = index
        self._wait_s = wait_s
        self._clock = clock
        self._read: dict[str, Everydayness] = {}
        self._loads: dict[str, _Load] = {}
        self._misses: dict[str, _Miss] = {}

    async def everydayness(
        self, model: str, vector: Sequence[float], snapshot: IndexSnapshot | None = None
    ) -> float | None:
        """How like the everyday questions a question with this vector is.

        None where nobody has put their vectors there, the index fails, or they do not come soon:
        whoever asks later has them. `snapshot`: the index as the question sees it; what it was
        not there for is looked for again in another one, or after a while.
        """
        name = name_of(model, len(vector))
        if name not in self._read and self._is_due(name, snapshot):
            load = self._load(name, snapshot)
            # The asker may leave, the others wait on. Who comes late waits for what is left of it.
            left_s = self._wait_s - (self._clock() - load.began)
            await asyncio.wait({load.task}, timeout=max(0.0, left_s))
        known = self._read.get(name)
        return None if known is None else known.of(vector)

    async def load(self, model: str, dimension: int) -> None:
        """Read them now, if they are there. Raises IndexUnavailableError."""
        name = name_of(model, dimension)
        if name not in self._read:
            await asyncio.shield(self._load(name, None).task)

    async def aclose(self) -> None:
        """End the loads that are under way."""
        tasks = [load.task for load in self._loads.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._loads.clear()

    def _is_due(self, name: str, snapshot: IndexSnapshot | None) -> bool:
        miss = self._misses.get(name)
        return miss is None or miss.snapshot != snapshot or self._clock() >= miss.until

    def _load(self, name: str, snapshot: IndexSnapshot | None) -> _Load:
        """The load that is under way, for all who ask meanwhile; else a new one."""
        if (load := self._loads.get(name)) is None:
            task = asyncio.create_task(self._find(name, snapshot))
            # Its failure is for those who wait; perhaps all of them have left.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            load = self._loads[name] = _Load(self._clock(), task)
        return load

    async def _find(self, name: str, snapshot: IndexSnapshot | None) -> None:
        """Read them, or remember that they are not to be had. Raises IndexUnavailableError."""
        again_s = FAILURE_S
        try:
            if known := await self._fetch(name):
                self._read[name] = known
            again_s = MISS_S
        except IndexUnavailableError as error:
            log.info("the everyday questions' vectors could not be read: %s", error)
            raise
        except Exception:  # those who wait take it for a miss
            log.exception("the everyday questions' vectors could not be read")
            raise
        finally:
            self._loads.pop(name, None)
            if name not in self._read:
                self._misses[name] = _Miss(snapshot, self._clock() + again_s)

    async def _fetch(self, name: str) -> "Everydayness | None":
        """They as the index has them; None where they are not there, or not all of them yet."""
        client = await self._index.client()
        collection = await client.find(name)
        if collection is None:
            return None
        build, count = await asyncio.to_thread(_prepared)
        vectors: list[NDArray[np.float32]] = []
        for offset in range(0, count, PAGE):
            records = await client.get(
                collection, texts=False, vectors=True, limit=PAGE, offset=offset
            )
            vectors += [record.vector for record in records if record.vector is not None]
        if len(vectors) < count:
            return None
        return await asyncio.to_thread(build, vectors)


def _prepared() -> "tuple[type[Everydayness], int]":
    """What makes something of them, and how many there must be."""
    # Here, since numpy takes a while to import, and an index without them needs none.
    from rag_stream.calibration.everydayness import Everydayness

    return Everydayness, len(_texts())


def _texts() -> list[str]:
    return [question for questions in everyday().values() for question in questions]
