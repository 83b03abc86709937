"""The runs that go on without their client: begun, found again, stopped."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from starlette.requests import ClientDisconnect

from app.errors import (
    ResumeUnavailableError,
    RunCancelledError,
    RunNotFoundError,
    ShuttingDownError,
    StopTimeoutError,
)
from app.lifecycle.admission import Admission, is_same_caller
from app.lifecycle.ticket import Ticket
from app.runs.replication import Replication
from app.runs.retention import Retention
from app.runs.run import Run
from app.streaming.batches import Batch
from rag_stream.settings import Settings

log = logging.getLogger("rag_stream.app")
_ENDED = "the service was shut down during the answer"
STOP_S = 5.0
"""How long a stop may take before it is called failed."""


class Runs:
    """One worker's kept runs, and through their copies the other workers'."""

    def __init__(self, admission: Admission, settings: Callable[[], Settings]) -> None:
        """`settings`: called when they are needed, because they are not there from the start."""
        self._admission = admission
        self._settings = settings
        self._retention = Retention(settings, on_drop=self._dropped, on_shorten=self._shortened)
        self._tasks: set[asyncio.Task[None]] = set()
        self._replication: Replication | None = None

    @property
    def can_resume(self) -> bool:
        """Whether runs can be come back to: whoever does may reach another worker."""
        return self._settings().web_concurrency == 1 or self._replication is not None

    @property
    def replication(self) -> Replication | None:
        """The way to the other workers' runs, where there is one."""
        return self._replication

    async def open(self) -> None:
        """Reach for the other workers, where there is a way. It may be away and come back.

        Whoever starts the service looks before: a worker that is begun anew because another
        one died must not end them all.
        """
        self._retention.clear()
        settings = self._settings()
        if settings.redis_url is not None:
            self._replication = await Replication.open(
                settings,
                stop=lambda run_id: self._admission.stop(run_id, _cancelled()),
                must_answer=False,
            )

    async def aclose(self) -> None:
        """End what still goes on, and tell those who follow it elsewhere."""
        self._admission.stop_all(ShuttingDownError(_ENDED))
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._retention.stop_timers()
        if self._replication is not None:
            await self._replication.aclose()
            self._replication = None

    async def start(
        self,
        run_id: str,
        caller: str,
        events: AsyncGenerator[Batch, None],
        error_event: Callable[[Exception], bytes],
        address: str = "",
        is_gone: Callable[[], Awaitable[bool]] | None = None,
    ) -> Run:
        """Begin a run that ends only with its answer, or when it is stopped.

        `address`: whose places it takes. With its first reader's ticket it has a reader.
        `is_gone`: whether its client has left, asked once more when there is a place.

        Raises ClientDisconnect, OverloadedError, ShuttingDownError, ResumeUnavailableError,
        RunStoreError.
        """
        if not self.can_resume:
            raise ResumeUnavailableError(
                "X-On-Disconnect: expected 'cancel', because this service has several workers "
                "and no store to share runs through (REDIS_URL), got 'continue'"
            )
        run = Run(run_id, caller, address)
        with self._retention.place(address):
            ticket = self._admission.admit([run_id], caller, address)
            try:
                await ticket.turn()
                if is_gone is not None and await is_gone():
                    raise ClientDisconnect
                if self._replication is not None:
                    await self._replication.begin(run)
            except BaseException:
                ticket.leave()
                raise
        self._retention.put(run)
        task = asyncio.create_task(self._produce(run, ticket, events, error_event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return run

    async def read(self, run_id: str, caller: str, after: int) -> AsyncGenerator[Batch, None]:
        """A run's events after the one of that number, to its end.

        Raises RunNotFoundError, InvalidInputError, EventsGoneError, RunLostError,
        RunStoreError.
        """
        run = self._retention.get(run_id)
        if run is not None:
            self._require(run.caller, caller)
            source = run.read(after)
        elif self._replication is not None:
            self._require(await self._replication.owner(run_id), caller)
            source = self._replication.read(run_id, after)
        else:
            raise _not_found()
        async with aclosing(source) as batches:
            async for batch in batches:
                yield batch

    async def stop(self, run_id: str, caller: str) -> None:
        """End a run, and return when it has ended; it may have before.

        Raises RunNotFoundError, StopTimeoutError, RunStoreError.
        """
        ticket = self._admission.find(run_id, caller)
        if ticket is not None:
            ticket.stop(_cancelled())
            try:
                async with asyncio.timeout(STOP_S):
                    await ticket.over.wait()
            except TimeoutError as error:
                raise _not_stopped() from error
        elif run := self._retention.get(run_id):
            self._require(run.caller, caller)
        elif self._replication is not None:
            self._require(await self._replication.owner(run_id), caller)
            if not await self._replication.stop(run_id, STOP_S):
                raise _not_stopped()
        else:
            raise _not_found()

    async def _produce(
        self,
        run: Run,
        ticket: Ticket,
        events: AsyncGenerator[Batch, None],
        error_event: Callable[[Exception], bytes],
    ) -> None:
        with ticket:
            try:
                async with aclosing(events) as batches:
                    async for batch in batches:
                        before = run.size
                        run.add(batch)
                        ticket.is_ending = run.is_over
                        self._retention.grown(run, before)
            except asyncio.CancelledError:
                reason = ticket.stopped()
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
                self._retention.expire_later(run)

    def _fail(self, run: Run, error: Exception, error_event: Callable[[Exception], bytes]) -> None:
        before = run.size
        run.fail(error, error_event(error))
        self._retention.grown(run, before)

    def _dropped(self, run: Run) -> None:
        if self._replication is not None:
            self._replication.forget(run)

    def _shortened(self, run: Run) -> None:
        if self._replication is not None:
            self._replication.shorten(run)

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
