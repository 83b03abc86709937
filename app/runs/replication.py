"""A copy of one worker's runs where the other workers can read them.

The copy follows the run as a reader does, a moment behind. When the store fails, the run
itself goes on: those who are connected notice nothing, those who come back are told.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, Self

from app.errors import EventsGoneError, RunStoreError
from app.runs.redis.store import RedisStore
from app.runs.run import Run
from app.streaming.batches import Batch, LastBatch
from rag_stream.settings import Settings

log = logging.getLogger("rag_stream.app")
AGAIN_S = 0.5
AWAY_S = 60.0
"""How long the store may be away before a run is no longer copied to it."""
FLUSH_S = 2.0
"""How long the end of a worker waits for what has not been copied yet."""


class Replication:
    """One worker's way to the store that all workers share."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls, settings: Settings, stop: Callable[[str], None], *, must_answer: bool = True
    ) -> Self:
        """Connect; `stop` is called with the ids of runs to stop.

        Raises RunStoreError for a store that does not answer but must.
        """
        assert settings.redis_url is not None  # noqa: S101 - checked by the manager
        store = RedisStore(
            settings.redis_url.get_secret_value(),
            keep_s=settings.resume_s,
            live_s=settings.answer_timeout_s,
        )
        await store.open(stop, must_answer=must_answer)
        return cls(store)

    async def begin(self, run: Run) -> None:
        """Announce a run and follow it from now on. Raises RunStoreError."""
        await self._store.begin(run.id, run.caller)
        self._do(self._copy(run))

    async def owner(self, run_id: str) -> str | None:
        """Who began a run; None where there is none. Raises RunStoreError."""
        return await self._store.owner(run_id)

    async def goes_on(self, run_id: str) -> bool:
        """Whether a run is known and not over. Raises RunStoreError."""
        return await self._store.goes_on(run_id)

    async def note(self, name: str, run: Run) -> None:
        """Let all workers find a run by a name, too. Raises RunStoreError."""
        await self._store.note(name, run.id)

    async def noted(self, name: str) -> str | None:
        """The id of the run of that name. Raises RunStoreError."""
        return await self._store.noted(name)

    async def read(self, run_id: str, after: int) -> AsyncGenerator[Batch, None]:
        """Another worker's run. Raises what RedisRuns.read raises."""
        async with aclosing(self._store.read(run_id, after)) as batches:
            async for batch in batches:
                yield Batch(batch)

    async def stop(self, run_id: str, wait_s: float) -> bool:
        """Have a run stopped by its worker; whether it was in time. Raises RunStoreError."""
        return await self._store.stop(run_id, wait_s)

    def shorten(self, run: Run) -> None:
        """Give up what the run itself has given up."""
        self._do(self._store.trim(run.id, run.first))

    def forget(self, run: Run) -> None:
        self._do(self._store.forget(run.id))

    async def aclose(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=FLUSH_S)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._store.aclose()

    async def _copy(self, run: Run) -> None:
        """Follow a run to its end, through times in which the store is away.

        What the run has given up meanwhile is missing in the copy too, and readers of it are
        told so. Raises RunStoreError when the store stays away.
        """
        loop = asyncio.get_running_loop()
        after, worked_at = 0, loop.time()
        while not (run.is_over and after >= run.last):
            after = max(after, run.first - 1)
            try:
                async with aclosing(run.read(after)) as batches:
                    async for batch in batches:
                        if batch:
                            is_last = type(batch) is LastBatch
                            await self._store.append(run.id, after + 1, batch, is_last=is_last)
                            after += len(batch)
                            worked_at = loop.time()
            except EventsGoneError:
                continue
            except RunStoreError:
                if loop.time() - worked_at > AWAY_S:
                    raise
                await asyncio.sleep(AGAIN_S)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        async def told() -> None:
            try:
                await work
            except RunStoreError as error:
                log.warning("a run can no longer be shared with other workers: %s", error)

        task = asyncio.create_task(told())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
