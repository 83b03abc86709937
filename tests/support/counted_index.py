"""A real index behind a client that counts, and a clock that is put on by hand."""

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rag_stream.calibration.kept_loads import Kept
from rag_stream.errors import IndexUnavailableError
from rag_stream.index.client import ChromaClient, Collection, Record
from rag_stream.index.reader import IndexReader
from rag_stream.settings import Settings

PATIENT_S = 60.0


class Told:
    """A vector as it came; it knows in which threads it was made something of."""

    threads: set[int]

    def __init__(self, vector: NDArray[np.float32], threads: set[int]) -> None:
        self._vector, self.threads = vector, threads

    def __array__(self, dtype: DTypeLike = None, copy: bool | None = None) -> NDArray[Any]:
        self.threads.add(threading.get_ident())
        return np.array(self._vector, dtype)


class Counting(ChromaClient):
    """Counts what it is asked for, and can be held up or fail before it finds anything."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            str(settings.chroma_url),
            tenant=settings.chroma_tenant,
            database=settings.chroma_database,
        )
        self.finds = 0
        self.pages: list[int] = []
        self.threads: set[int] = set()
        self.free = asyncio.Event()
        self.free.set()
        self.asked = asyncio.Event()
        self.fails = False

    async def find(self, name: str) -> Collection | None:
        self.finds += 1
        self.asked.set()
        await self.free.wait()
        if self.fails:
            raise IndexUnavailableError("the index server does not answer")
        return await super().find(name)

    async def get(
        self,
        collection: Collection,
        where: Mapping[str, Any] | None = None,
        *,
        ids: Sequence[str] | None = None,
        vectors: bool = False,
        texts: bool = True,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Record]:
        records = await super().get(
            collection, where, ids=ids, vectors=vectors, texts=texts, limit=limit, offset=offset
        )
        self.pages.append(len(records))
        told: list[Any] = [
            Told(one.vector, self.threads) for one in records if one.vector is not None
        ]
        return [replace(one, vector=vector) for one, vector in zip(records, told, strict=True)]


class CountingIndex(IndexReader):
    """An index over a client that counts."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.counting = Counting(settings)

    async def client(self) -> ChromaClient:
        return self.counting

    async def aclose(self) -> None:
        await self.counting.aclose()


class Clock:
    """Stands still until it is put on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def counted(
    settings: Settings, *, wait_s: float = PATIENT_S
) -> AsyncIterator[tuple[Kept, Counting, Clock]]:
    """What is kept, behind a client that counts and a clock that is put on by hand."""
    index, clock = CountingIndex(settings), Clock()
    kept = Kept(index, wait_s=wait_s, clock=clock)
    try:
        yield kept, index.counting, clock
    finally:
        await kept.aclose()
        await index.aclose()
