"""The vectors of the everyday questions for those who answer: read once, beside the questions."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag_stream.calibration.kept import name_of, read
from rag_stream.errors import IndexUnavailableError
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
        known = await self._known(name_of(model, len(vector)), snapshot)
        return None if known is None else known.of(vector)

    async def centre(
        self, model: str, dimension: int, language: str, snapshot: IndexSnapshot | None = None
    ) -> "NDArray[np.float32] | None":
        """Where questions in a language lie, whatever they ask; None as in `everydayness`."""
        known = await self._known(name_of(model, dimension), snapshot)
        return None if known is None else known.centre(language)

    async def _known(self, name: str, snapshot: IndexSnapshot | None) -> "Everydayness | None":
        if name not in self._read and self._is_due(name, snapshot):
            load = self._load(name, snapshot)
            # The asker may leave, the others wait on. Who comes late waits for what is left of it.
            left_s = self._wait_s - (self._clock() - load.began)
            await asyncio.wait({load.task}, timeout=max(0.0, left_s))
        return self._read.get(name)

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
        vectors = await read(await self._index.client(), name)
        return None if vectors is None else await asyncio.to_thread(_built, vectors)


def _built(vectors: "list[NDArray[np.float32]]") -> "Everydayness":
    # Here, since numpy takes a while to import, and an index without them needs none.
    from rag_stream.calibration.everydayness import Everydayness

    return Everydayness(vectors)
