"""The runs that go on without their client: begun, kept for a while, found again, stopped.

Kept within bounds of number and bytes: what is over goes first, the oldest before the
others; where all go on, the longest loses its beginning.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from contextvars import Context

from app.errors import (
    OverloadedError,
    ResumeUnavailableError,
    RunCancelledError,
    RunNotFoundError,
    ShuttingDownError,
    StopTimeoutError,
)
from app.events import Events
from app.gate import Gate, Visit, is_same_caller
from app.mirror import Mirror
from app.run import Run
from rag_stream.settings import Settings

log = logging.getLogger("rag_stream.app")
_ENDED = "the service was shut down during the answer"
STOP_S = 5.0
"""How long a stop may take before it is called failed."""


class Runs:
    """One worker's kept runs, and through the mirror the other workers'."""

    def __init__(self, gate: Gate, settings: Callable[[], Settings]) -> None:
        """`settings`: called when they are needed, because they are not there from the start."""
        self._gate = gate
        self._settings = settings
        self._kept: dict[str, Run] = {}
        self._size = 0
        self._beginning = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._expiries: dict[str, asyncio.TimerHandle] = {}
        self._mirror: Mirror | None = None

    async def open(self) -> None:
        """Reach for the other workers, where there is a way. Raises RunStoreError."""
        self._expiries.clear()
        self._kept.clear()
        self._size = 0
        settings = self._settings()
        if settings.redis_url is not None:
            self._mirror = await Mirror.open(
                settings, stop=lambda run_id: self._gate.stop(run_id, _cancelled())
            )

    async def aclose(self) -> None:
        """End what still goes on, and tell those who follow it elsewhere."""
        self._gate.stop_all(ShuttingDownError(_ENDED))
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for expiry in self._expiries.values():
            expiry.cancel()
        if self._mirror is not None:
            await self._mirror.aclose()
            self._mirror = None

    async def start(
        self,
        run_id: str,
        caller: str,
        events: AsyncGenerator[Events, None],
        error_event: Callable[[Exception], bytes],
    ) -> Run:
        """Begin a run that ends only with its answer, or when it is stopped.

        Raises OverloadedError, ShuttingDownError, ResumeUnavailableError, RunStoreError.
        """
        settings = self._settings()
        if settings.web_concurrency > 1 and self._mirror is None:
            raise ResumeUnavailableError(
                "X-On-Disconnect: expected 'cancel', because this service has several workers "
                "and no store to share runs through (REDIS_URL), got 'continue'"
            )
        self._check_place(settings.resume_runs)
        visit = self._gate.admit([run_id], caller)
        run = Run(run_id, caller)
        self._beginning += 1
        try:
            if self._mirror is not None:
                await self._mirror.begin(run)
        except BaseException:
            visit.leave()
            raise
        finally:
            self._beginning -= 1
        while len(self._kept) >= settings.resume_runs and (over := self._oldest_over()):
            self._give_up(over)
        self._kept[run_id] = run
        task = asyncio.create_task(self._produce(run, visit, events, error_event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return run

    async def read(self, run_id: str, caller: str, after: int) -> AsyncGenerator[Events, None]:
        """A run's events after the one of that number, to its end.

        Raises RunNotFoundError, InvalidInputError, EventsGoneError, RunLostError,
        RunStoreError.
        """
        run = self._kept.get(run_id)
        if run is not None:
            self._require(run.caller, caller)
            source = run.read(after)
        elif self._mirror is not None:
            self._require(await self._mirror.owner(run_id), caller)
            source = self._mirror.read(run_id, after)
        else:
            raise _not_found()
        async with aclosing(source) as batches:
            async for batch in batches:
                yield batch

    async def stop(self, run_id: str, caller: str) -> None:
        """End a run, and return when it has ended; it may have before.

        Raises RunNotFoundError, StopTimeoutError, RunStoreError.
        """
        visit = self._gate.find(run_id, caller)
        if visit is not None:
            visit.stop(_cancelled())
            try:
                async with asyncio.timeout(STOP_S):
                    await visit.over.wait()
            except TimeoutError as error:
                raise _not_stopped() from error
        elif run_id in self._kept:
            self._require(self._kept[run_id].caller, caller)
        elif self._mirror is not None:
            self._require(await self._mirror.owner(run_id), caller)
            if not await self._mirror.stop(run_id, STOP_S):
                raise _not_stopped()
        else:
            raise _not_found()

    async def _produce(
        self,
        run: Run,
        visit: Visit,
        events: AsyncGenerator[Events, None],
        error_event: Callable[[Exception], bytes],
    ) -> None:
        with visit:
            try:
                async with aclosing(events) as batches:
                    async for batch in batches:
                        before = run.size
                        run.add(batch)
                        self._count(run, before)
            except asyncio.CancelledError:
                reason = visit.stopped()
                if reason is None:
                    raise
                if not run.is_over:
                    self._fail(run, reason, error_event)
            except Exception as error:
                if run.is_over:
                    log.exception("run %s: a failure after its end", run.id)
                else:
                    self._fail(run, error, error_event)
            finally:
                if not run.is_over:  # nothing else has ended it
                    self._fail(run, ShuttingDownError(_ENDED), error_event)
                self._expire_later(run)

    def _fail(self, run: Run, error: Exception, error_event: Callable[[Exception], bytes]) -> None:
        before = run.size
        run.fail(error, error_event(error))
        self._count(run, before)

    def _expire_later(self, run: Run) -> None:
        if self._kept.get(run.id) is not run:
            return  # given up already, for want of space
        loop = asyncio.get_running_loop()
        # Not in the run's own context, which holds all that it was made with.
        self._expiries[run.id] = loop.call_later(
            self._settings().resume_s, self._forget, run, context=Context()
        )

    def _forget(self, run: Run) -> None:
        if self._kept.pop(run.id, None) is not None:
            self._size -= run.size
            if expiry := self._expiries.pop(run.id, None):
                expiry.cancel()

    def _give_up(self, run: Run) -> None:
        self._forget(run)
        if self._mirror is not None:
            self._mirror.forget(run)

    def _check_place(self, most: int) -> None:
        going_on = sum(not run.is_over for run in self._kept.values())
        if going_on + self._beginning >= most:
            raise OverloadedError(
                f"this worker keeps as many runs as it may (RAG_RESUME_RUNS is {most}), "
                "and all of them go on; ask again in a moment"
            )

    def _count(self, run: Run, before: int) -> None:
        """A run has grown from so many bytes: keep all of them together within their bound."""
        self._size += run.size - before
        most = self._settings().resume_mb * 1_000_000
        while self._size > most:
            over = self._oldest_over(but=run)  # its readers want the end it may just have got
            if over is not None:
                self._give_up(over)
                continue
            # A single event is given up only with its run.
            several = (run for run in self._kept.values() if run.last > run.first)
            longest = max(several, key=lambda run: run.size, default=None)
            if longest is None:
                return
            self._size -= longest.shorten(max(self._size - most, longest.size // 8))
            if self._mirror is not None:
                self._mirror.shorten(longest)

    def _oldest_over(self, but: Run | None = None) -> Run | None:
        over = (run for run in self._kept.values() if run.is_over and run is not but)
        return next(over, None)

    def _require(self, owner: str | None, caller: str) -> None:
        if owner is None or not is_same_caller(owner, caller):
            raise _not_found()


def _not_found() -> RunNotFoundError:
    return RunNotFoundError(
        "there is no such run: it was begun without 'X-On-Disconnect: continue' or with other "
        "credentials, or it is no longer kept"
    )


def _cancelled() -> RunCancelledError:
    return RunCancelledError("the run was stopped by its caller")


def _not_stopped() -> StopTimeoutError:
    return StopTimeoutError(f"the run did not end within {STOP_S:g} s; ask again")
