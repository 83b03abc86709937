"""Where runs are kept: so many, so many bytes of them together, for so long after their end.

What is over goes first, the oldest before the others; where all go on, the longest loses
its beginning.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context

from app.errors import OverloadedError
from app.runs.run import Run
from rag_stream.settings import Settings


class Retention:
    """The kept runs of one worker."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        *,
        on_drop: Callable[[Run], None],
        on_shorten: Callable[[Run], None],
    ) -> None:
        """The callbacks hear what is given up for want of space, not what has had its time."""
        self._settings = settings
        self._on_drop = on_drop
        self._on_shorten = on_shorten
        self._runs: dict[str, Run] = {}
        self._expiries: dict[str, asyncio.TimerHandle] = {}
        self._size = 0
        self._reserved = 0

    def clear(self) -> None:
        """Keep nothing."""
        self.stop_timers()
        self._expiries.clear()
        self._runs.clear()
        self._size = 0

    def stop_timers(self) -> None:
        for expiry in self._expiries.values():
            expiry.cancel()

    def get(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place for a run that is being begun. Raises OverloadedError."""
        most = self._settings().resume_runs
        going_on = sum(not run.is_over for run in self._runs.values())
        if going_on + self._reserved >= most:
            raise OverloadedError(
                f"this worker keeps as many runs as it may (RAG_RESUME_RUNS is {most}), "
                "and all of them go on; ask again in a moment"
            )
        self._reserved += 1
        try:
            yield
        finally:
            self._reserved -= 1

    def put(self, run: Run) -> None:
        """Keep a run; one that is over makes room for it."""
        most = self._settings().resume_runs
        while len(self._runs) >= most and (over := self._oldest_over()):
            self._drop(over)
        self._runs[run.id] = run

    def grown(self, run: Run, before: int) -> None:
        """A run has grown from so many bytes: keep all of them together within their bound."""
        self._size += run.size - before
        most = self._settings().resume_mb * 1_000_000
        while self._size > most:
            over = self._oldest_over(but=run)  # its readers want the end it may just have got
            if over is not None:
                self._drop(over)
                continue
            # A single event is given up only with its run.
            several = (run for run in self._runs.values() if run.last > run.first)
            longest = max(several, key=lambda run: run.size, default=None)
            if longest is None:
                return
            self._size -= longest.shorten(max(self._size - most, longest.size // 8))
            self._on_shorten(longest)

    def expire_later(self, run: Run) -> None:
        """A run is over: from now on its time counts."""
        if self._runs.get(run.id) is not run:
            return  # given up already, for want of space
        loop = asyncio.get_running_loop()
        # Not in the run's own context, which holds all that it was made with.
        self._expiries[run.id] = loop.call_later(
            self._settings().resume_s, self._forget, run, context=Context()
        )

    def _forget(self, run: Run) -> None:
        if self._runs.pop(run.id, None) is not None:
            self._size -= run.size
            if expiry := self._expiries.pop(run.id, None):
                expiry.cancel()

    def _drop(self, run: Run) -> None:
        self._forget(run)
        self._on_drop(run)

    def _oldest_over(self, but: Run | None = None) -> Run | None:
        over = (run for run in self._runs.values() if run.is_over and run is not but)
        return next(over, None)
