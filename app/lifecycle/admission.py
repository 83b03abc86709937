"""Who may come in, who is inside, and how they are asked to leave.

One for each worker. Every run has a ticket from its beginning to its end, whether somebody
waits for it or it goes on by itself. Who comes back to read a run has one too, but takes no
place: the run has or had its own.
"""

import asyncio
import hmac
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from app.errors import OverloadedError, ShuttingDownError
from rag_stream.errors import RagError


class Ticket:
    """One piece of work inside; `stop` ends it from outside, for a reason."""

    def __init__(
        self, run_ids: Sequence[str], caller: str, on_leave: Callable[["Ticket"], None]
    ) -> None:
        self.run_ids = run_ids
        self.caller = caller
        self.over = asyncio.Event()
        self._on_leave = on_leave
        self._task: asyncio.Task[object] | None = None
        self._reason: RagError | None = None
        self._is_settled = False
        self._is_abandoned = False

    def __enter__(self) -> Self:
        """The running task does the work."""
        self._task = asyncio.current_task()
        if self._reason is not None and self._task is not None:
            self._task.cancel()  # stopped before it could begin
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.leave()

    def leave(self) -> None:
        """Give the place back; the end of a `with` block does it too."""
        self._task = None
        self.over.set()
        self._on_leave(self)

    def stop(self, reason: RagError) -> None:
        """Cancel the work; of several reasons the first one counts."""
        if self._reason is None and not self._is_settled:
            self._reason = reason
            if self._task is not None:
                self._task.cancel()

    def settle(self) -> None:
        """How it ends is decided and being told: nothing can stop that any more."""
        self._is_settled = True

    def abandon(self) -> None:
        """Cancel the work with nobody left to be told: its client takes nothing."""
        if self._task is not None and not self._is_abandoned:
            self._is_abandoned = True
            self._task.cancel()

    def stopped(self) -> RagError | None:
        """After a CancelledError in the work: the reason, if `stop` and nobody else meant it."""
        if self._reason is not None and self._task is not None and self._task.uncancel() == 0:
            return self._reason
        return None

    def abandoned(self) -> bool:
        """After a CancelledError in the work: whether it was left to itself by `abandon`."""
        task = self._task
        return self._is_abandoned and task is not None and task.uncancel() == 0


class Admission:
    """Lets in as many runs at a time as a worker may have, and none once it is closed."""

    def __init__(self, most: Callable[[], int]) -> None:
        """`most`: read with every run, because settings are not there from the beginning."""
        self._most = most
        self._inside: dict[Ticket, None] = {}
        self._readers: dict[Ticket, None] = {}
        self._by_run: dict[str, Ticket] = {}
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._somebody = asyncio.Event()
        self.is_closed = False

    def check(self) -> None:
        """Raise ShuttingDownError or OverloadedError where nobody would be let in now."""
        if self.is_closed:
            raise ShuttingDownError("this worker is shutting down; ask again")
        most = self._most()
        if len(self._inside) >= most:
            raise OverloadedError(
                f"this worker has as many runs as it may have ({most} at a time, RAG_MAX_STREAMS "
                "at most); "
                "ask again in a moment"
            )

    def admit(self, run_ids: Sequence[str], caller: str) -> Ticket:
        """Let a run in (or a batch of them); it counts until its `with` block is left.

        Raises what `check` raises.
        """
        self.check()
        ticket = Ticket(run_ids, caller, self._forget)
        self._inside[ticket] = None
        self._nobody.clear()
        self._somebody.set()
        for run_id in run_ids:
            self._by_run[run_id] = ticket
        return ticket

    def admit_reader(self, run_id: str) -> Ticket:
        """For reading of a run: it takes no place, its run has or had one."""
        ticket = Ticket([run_id], "", self._forget)
        self._readers[ticket] = None
        self._nobody.clear()
        self._somebody.set()
        return ticket

    def find(self, run_id: str, caller: str) -> Ticket | None:
        """The ticket of a run that goes on, if this caller began it."""
        ticket = self._by_run.get(run_id)
        if ticket is None or not is_same_caller(ticket.caller, caller):
            return None
        return ticket

    def stop(self, run_id: str, reason: RagError) -> None:
        """End a run, whoever began it; nothing where there is no such run."""
        if ticket := self._by_run.get(run_id):
            ticket.stop(reason)

    def open(self) -> None:
        """Let people in, as at the beginning."""
        self.is_closed = False

    def close(self) -> None:
        """Let nobody in any more; those inside stay."""
        self.is_closed = True

    def stop_all(self, reason: RagError) -> None:
        """End all runs; those who read along see how."""
        for ticket in list(self._inside):
            ticket.stop(reason)

    def stop_readers(self, reason: RagError) -> None:
        """End the reading of runs that go on elsewhere."""
        for ticket in list(self._readers):
            ticket.stop(reason)

    def abandon_all(self) -> None:
        """Leave those to themselves who did not go when they were told."""
        for ticket in [*self._inside, *self._readers]:
            ticket.abandon()

    async def busy(self) -> None:
        """Wait until somebody is inside."""
        await self._somebody.wait()

    async def empty(self) -> None:
        """Wait until nobody is inside, readers included."""
        while self._inside or self._readers:  # somebody may come in the moment another leaves
            await self._nobody.wait()

    @property
    def count(self) -> int:
        """How many runs are inside."""
        return len(self._inside)

    def _forget(self, ticket: Ticket) -> None:
        if self._readers.pop(ticket, ticket) is ticket:  # no reader
            self._inside.pop(ticket, None)
            for run_id in ticket.run_ids:
                self._by_run.pop(run_id, None)
        if not self._inside and not self._readers:
            self._nobody.set()
            self._somebody.clear()


def is_same_caller(one: str, other: str) -> bool:
    """Compare two callers in a time that tells nothing."""
    return hmac.compare_digest(one, other)
