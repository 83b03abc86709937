"""One piece of work inside, from its beginning to its end."""

import asyncio
from collections.abc import Callable, Sequence
from enum import Enum, auto
from types import TracebackType
from typing import Self

from rag_stream.errors import RagError

Turn = asyncio.Future[None]
"""Done when a place has been taken; fails where it will not be."""


class Place(Enum):
    """What kind of place it has."""

    ORDINARY = auto()
    """Or it waits for one."""
    UNREAD = auto()
    NONE = auto()
    """It has been told to end."""


class Ticket:
    """One piece of work inside; `stop` ends it from outside, for a reason."""

    def __init__(
        self,
        run_ids: Sequence[str],
        caller: str,
        on_leave: Callable[["Ticket"], None],
        *,
        address: str = "",
        places: int = 1,
        turn: Turn | None = None,
    ) -> None:
        """`turn`: what is waited for before the work may begin, if anything is."""
        self.run_ids = run_ids
        self.caller = caller
        self.address = address
        """Whose places it takes."""
        self.places = places
        self.place = Place.ORDINARY
        self.readers = 0
        """How many read along, where the run goes on without them."""
        self.is_ending = False
        """Whether its answer is complete: what is left to do takes but a moment."""
        self.over = asyncio.Event()
        self._turn = turn
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

    async def turn(self) -> None:
        """Wait for the place, where it was not to be had at once.

        Raises OverloadedError where it comes too late, and what it was stopped for meanwhile.
        """
        if self._turn is not None:
            await self._turn

    def waits_for(self) -> Turn | None:
        """What it waits for or has waited for in vain; None where it has its place."""
        turn = self._turn
        if turn is None or (turn.done() and not turn.cancelled() and turn.exception() is None):
            return None
        return turn

    def leave(self) -> None:
        """Give the place back; the end of a `with` block does it too."""
        self._task = None
        self.over.set()
        self._on_leave(self)

    def stop(self, reason: RagError) -> None:
        """Cancel the work; of several reasons the first one counts."""
        if self._turn is not None and not self._turn.done():
            self._turn.set_exception(reason)
        elif self._reason is None and not self._is_settled:
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
