"""The runs of all workers, so that any of them can replay, follow or stop any run."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import EventsGoneError, RunLostError, RunNotFoundError, RunStoreError
from app.runs.redis.connections import RedisConnections
from app.runs.redis.events import RunKeys, add, following
from app.runs.redis.heartbeat import Heartbeat

POLL_S = 0.05
_MOST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class _Run:
    """What is known of a run besides its events."""

    worker: str
    owner: str
    last: int | None
    """The number of its last event; None while it goes on."""


class RedisStore:
    """Runs of all workers, in Redis Streams; belongs to one event loop.

    Events are numbered from 1 without gaps, which is how a reader notices that some are gone.
    """

    def __init__(
        self, url: str, *, keep_s: float, live_s: float, prefix: str = "rag-stream:"
    ) -> None:
        """A run stays for `keep_s` after its last event, or `live_s` longer if none is the last."""
        self._connections = RedisConnections(url)
        self._heartbeat = Heartbeat(self._connections, prefix)
        self._prefix = prefix
        self._ended_ms = max(1, round(keep_s * 1000))
        self._live_ms = max(1, round((live_s + keep_s) * 1000))

    async def open(self, stop: Callable[[str], None], *, must_answer: bool = True) -> None:
        """Connect; from now on `stop` is called with each run that somebody asks to stop.

        It is called for the runs of other workers too. Raises RunStoreError if Redis does not
        answer but must, SettingsError if the URL is none.
        """
        self._connections.open()
        try:
            await self._heartbeat.open(stop, must_answer=must_answer)
        except RunStoreError as error:
            await self.aclose()
            where, got = self._connections.place, error.__cause__ or error
            raise RunStoreError(
                f"REDIS_URL: expected a Redis that answers at {where}, got: {got}"
            ) from error
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """End all connections and tasks. Readers fail, here and, of unended runs, elsewhere."""
        try:
            await self._heartbeat.aclose()
        finally:
            await self._connections.aclose()

    async def begin(self, run_id: str, owner: str) -> None:
        """Make a run of this worker known; its id must be new."""
        value = f"{self._heartbeat.name} {owner}"
        async with self._connections.commands() as redis:
            is_new = await redis.set(self._keys(run_id).run, value, px=self._live_ms, nx=True)
        if not is_new:
            raise RunStoreError("the run store has a run of this id: expected a new one")

    async def append(
        self, run_id: str, first_id: int, events: Sequence[bytes], *, is_last: bool
    ) -> None:
        """Add events, all or none; `is_last` means that the last of them ends the run.

        What is there already stays as it is, so that what failed may be tried again.
        """
        if not events:
            raise ValueError("events: expected one or more, got none")
        expires_ms = self._ended_ms if is_last else self._live_ms
        keys = self._keys(run_id)
        async with self._connections.commands() as redis:
            is_known = await add(
                redis, keys, first_id, events, is_last=is_last, expires_ms=expires_ms
            )
        if not is_known:
            # Redis was emptied, or the run forgotten: the rest alone would be of no use.
            raise RunStoreError("the run store does not have the run any more")

    async def owner(self, run_id: str) -> str | None:
        """Whom the run belongs to; None if it is not known, or no longer."""
        run = await self._find(run_id)
        return None if run is None else run.owner

    async def read(self, run_id: str, after: int) -> AsyncGenerator[list[bytes], None]:
        """The events beyond number `after`, then those to come, up to the last.

        Raises RunNotFoundError, EventsGoneError if the next one is no longer kept, RunLostError
        if the worker has gone before the last one, RunStoreError.
        """
        if not 0 <= after <= _MOST_ID:
            raise ValueError(f"after: expected 0 to {_MOST_ID}, got {after}")
        keys = self._keys(run_id)
        run = await self._get(run_id)
        has_doubts = False
        async with self._connections.line() as line:
            while run.last is None or after < run.last:
                entries = await following(line, keys, after)
                if entries:
                    if entries[0].number != after + 1:
                        raise EventsGoneError("the next events of the run are no longer kept")
                    after = entries[-1].number
                    has_doubts = False
                    yield [entry.event for entry in entries]
                    if entries[-1].is_last:
                        return
                    continue
                # In this order: whoever has gone by now has written before what there is.
                is_alive = await self._heartbeat.is_alive(run.worker)
                run = await self._get(run_id)
                if is_alive and run.last is None:
                    has_doubts = False
                elif not has_doubts:
                    # Look once more: events may just have come or, after an outage of Redis,
                    # the worker may be about to say again that it lives.
                    has_doubts = True
                elif run.last is None:
                    raise RunLostError("the worker that made the answer has gone")
                elif after < run.last:
                    raise EventsGoneError("the last events of the run are no longer kept")

    async def goes_on(self, run_id: str) -> bool:
        """Whether the run is known and its last event is not there yet."""
        run = await self._find(run_id)
        return run is not None and run.last is None and await self._heartbeat.is_alive(run.worker)

    async def note(self, name: str, run_id: str) -> None:
        """Let the run be found by a name, too, for as long as it may be kept."""
        async with self._connections.commands() as redis:
            await redis.set(self._prefix + name, run_id, px=self._live_ms)

    async def noted(self, name: str) -> str | None:
        """The id of the run that has the name."""
        async with self._connections.commands() as redis:
            run_id: Any = await redis.get(self._prefix + name)
        return None if run_id is None else run_id.decode()

    async def trim(self, run_id: str, first_kept: int) -> None:
        """Drop the events before number `first_kept`."""
        key = self._keys(run_id).events
        async with self._connections.commands() as redis:
            await redis.xtrim(key, minid=f"{first_kept}-0", approximate=False)

    async def forget(self, run_id: str) -> None:
        """Drop all of a run."""
        keys = self._keys(run_id)
        async with self._connections.commands() as redis:
            await redis.delete(keys.run, keys.events, keys.last)

    async def stop(self, run_id: str, wait_s: float = 5.0) -> bool:
        """Ask for the end of a run and wait for it; False if it does not come in time.

        Raises RunNotFoundError, RunStoreError.
        """
        if (await self._get(run_id)).last is not None:
            return True
        try:
            async with asyncio.timeout(wait_s):
                await self._heartbeat.ask_to_stop(run_id)
                while (await self._get(run_id)).last is None:  # noqa: ASYNC110 - Redis tells
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            return False
        return True

    async def _find(self, run_id: str) -> _Run | None:
        keys = self._keys(run_id)
        async with self._connections.commands() as redis:
            maker: Any
            maker, last = await redis.mget(keys.run, keys.last)
            if maker is None:
                return None
            worker, _, owner = maker.decode().partition(" ")
            return _Run(worker, owner, None if last is None else int(last))

    async def _get(self, run_id: str) -> _Run:
        run = await self._find(run_id)
        if run is None:
            raise RunNotFoundError("there is no such run, or no longer")
        return run

    def _keys(self, run_id: str) -> RunKeys:
        return RunKeys.of(self._prefix, run_id)
