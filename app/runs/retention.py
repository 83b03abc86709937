"""Where runs are kept: so many, so many bytes of them together, for so long after their end.

Of the caller who keeps the most goes what is over first, the oldest before the others; where all
of its runs go on, the longest loses its beginning.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context

from app.errors import OverloadedError
from app.runs.run import Run
from rag_stream.settings import Settings


class _Keeper:
    """What is kept of one caller's: of those who ask from one address."""

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.size = 0

    def oldest_over(self, but: Run | None = None) -> Run | None:
        over = (run for run in self.runs.values() if run.is_over and run is not but)
        return next(over, None)

    def longest(self) -> Run | None:
        """Of those that can be shortened: a single event is given up only with its run."""
        several = (run for run in self.runs.values() if run.last > run.first)
        return max(several, key=lambda run: run.size, default=None)


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
        self._keepers: dict[str, _Keeper] = {}
        self._expiries: dict[str, asyncio.TimerHandle] = {}
        self._size = 0
        self._reserved: Counter[str] = Counter()

    def clear(self) -> None:
        """Keep nothing."""
        self.stop_timers()
        self._expiries.clear()
        self._runs.clear()
        self._keepers.clear()
        self._size = 0

    def stop_timers(self) -> None:
        for expiry in self._expiries.values():
            expiry.cancel()

    def get(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    @contextmanager
    def place(self, address: str) -> Iterator[None]:
        """Hold a place for a run that is being begun. Raises OverloadedError.

        Where all places are taken by runs that go on, callers with fewer than their share are
        let in all the same: how many go on is bounded by admission.
        """
        most = self._settings().resume_runs
        going_on = Counter(run.address for run in self._runs.values() if not run.is_over)
        going_on.update(self._reserved)
        mine = going_on[address]
        share = most // (len(going_on) + (not mine))
        if going_on.total() >= most and mine >= share:
            raise OverloadedError(
                f"this worker keeps as many runs as it may (RAG_RESUME_RUNS is {most}), "
                "and all of them go on; ask again in a moment"
            )
        self._reserved[address] += 1
        try:
            yield
        finally:
            self._reserved -= Counter([address])

    def put(self, run: Run) -> None:
        """Keep a run; one that is over makes room for it."""
        most = self._settings().resume_runs
        while len(self._runs) >= most and (over := self._oldest_over()):
            self._drop(over)
        self._runs[run.id] = run
        self._keepers.setdefault(run.address, _Keeper()).runs[run.id] = run

    def grown(self, run: Run, before: int) -> None:
        """A run has grown from so many bytes: keep all of them together within their bound."""
        self._count(run, run.size - before)
        most = self._settings().resume_mb * 1_000_000
        while self._size > most and self._give_up(run, self._size - most):
            pass

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
            self._count(run, -run.size)
            keeper = self._keepers[run.address]
            del keeper.runs[run.id]
            if not keeper.runs:
                del self._keepers[run.address]
            if expiry := self._expiries.pop(run.id, None):
                expiry.cancel()

    def _drop(self, run: Run) -> None:
        self._forget(run)
        self._on_drop(run)

    def _oldest_over(self) -> Run | None:
        """Of the caller who keeps the most runs, of those who have one that is over."""
        for keeper in sorted(self._keepers.values(), key=lambda keeper: -len(keeper.runs)):
            if over := keeper.oldest_over():
                return over
        return None

    def _give_up(self, grown: Run, by: int) -> bool:
        """Free some bytes, of the caller who keeps the most; False where nothing can be."""
        for keeper in sorted(self._keepers.values(), key=lambda keeper: -keeper.size):
            # Readers of what has grown want the end it may just have got.
            if over := keeper.oldest_over(but=grown):
                self._drop(over)
                return True
            if longest := keeper.longest():
                self._count(longest, -longest.shorten(max(by, longest.size // 8)))
                self._on_shorten(longest)
                return True
        return False

    def _count(self, run: Run, more: int) -> None:
        self._size += more
        if keeper := self._keepers.get(run.address):
            keeper.size += more
