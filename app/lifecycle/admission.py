"""Who may come in, who is inside, and how they are asked to leave.

One for each worker. Every run has a ticket from its beginning to its end, whether somebody
waits for it or it goes on by itself. Who comes back to read a run has one too, but takes no
place: the run has one, another one while it has no reader.
"""

import asyncio
import hmac
from collections.abc import Callable, Sequence

from app.errors import RunCancelledError, ShuttingDownError
from app.lifecycle.limits import Limits
from app.lifecycle.places import Places
from app.lifecycle.ticket import Place, Ticket
from app.lifecycle.unread import Unread
from rag_stream.errors import RagError


class Admission:
    """Lets in as many runs at a time as a worker may have, and none once it is closed."""

    def __init__(self, limits: Callable[[], Limits]) -> None:
        """`limits`: read with every run, because settings are not there from the beginning."""
        self._limits = limits
        self._places = Places(limits)
        self._unread = Unread(lambda: limits().unread)
        self._inside: dict[Ticket, None] = {}
        self._readers: dict[Ticket, Ticket | None] = {}
        """Those who read along, and the ticket of what they read, where it is this worker's."""
        self._by_run: dict[str, Ticket] = {}
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._somebody = asyncio.Event()
        self.is_closed = False

    def check(self, address: str = "") -> None:
        """Raise ShuttingDownError or OverloadedError where who asks would be let in by no means."""
        if self.is_closed:
            raise _shutting_down()
        self._places.check(address)

    def admit(
        self, run_ids: Sequence[str], caller: str, address: str = "", places: int = 1
    ) -> Ticket:
        """Let a run in (or a batch of them); it counts until its `with` block is left.

        Of `places` it has as many as there are for it: the ticket's. Where others from other
        addresses have all, its `turn` may have to be waited for.

        Raises ShuttingDownError, OverloadedError.
        """
        if self.is_closed:
            raise _shutting_down()
        if places > 1:
            places = self._places.at_most(address, places)
        turn = self._places.take(address, places)
        ticket = Ticket(run_ids, caller, self._forget, address=address, places=places, turn=turn)
        self._inside[ticket] = None
        self._nobody.clear()
        self._somebody.set()
        for run_id in run_ids:
            self._by_run[run_id] = ticket
        return ticket

    def admit_reader(self, run_id: str, caller: str) -> Ticket:
        """For reading of a run: it takes no place, its run has or had one."""
        reader = Ticket([run_id], "", self._forget_reader)
        run = self.find(run_id, caller)
        self._readers[reader] = run
        if run is not None:
            run.readers += 1
            if run.readers == 1 and run.place is Place.UNREAD:
                self._has_a_reader(run)
        self._nobody.clear()
        self._somebody.set()
        return reader

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
        """Let nobody in any more; those inside stay, those who wait for a place go."""
        self.is_closed = True
        self._places.dismiss(_shutting_down)

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

    @property
    def unread(self) -> int:
        """How many of them have the places of those without a reader."""
        return self._unread.count

    def _forget(self, ticket: Ticket) -> None:
        if ticket in self._inside:
            del self._inside[ticket]
            for run_id in ticket.run_ids:
                self._by_run.pop(run_id, None)
            self._free(ticket)
        self._look_around()

    def _forget_reader(self, reader: Ticket) -> None:
        run = self._readers.pop(reader, None)
        if run is not None:
            run.readers -= 1
            if not run.readers and run.place is not Place.NONE and not run.is_ending:
                self._has_no_reader(run)
        self._look_around()

    def _look_around(self) -> None:
        if not self._inside and not self._readers:
            self._nobody.set()
            self._somebody.clear()

    def _has_no_reader(self, run: Ticket) -> None:
        self._free(run)
        run.place = Place.UNREAD
        over = self._unread.add(run)
        if over is not None:
            over.place = Place.NONE
            over.stop(
                RunCancelledError(
                    "the run had lost its reader, and there are as many of those as there may "
                    f"be (RAG_MAX_UNREAD is {self._limits().unread})"
                )
            )

    def _has_a_reader(self, run: Ticket) -> None:
        if self._places.take_now(run.address):
            self._unread.remove(run)
            run.place = Place.ORDINARY
        else:
            self._unread.read_again(run)

    def _free(self, ticket: Ticket) -> None:
        turn = ticket.waits_for()
        if ticket.place is Place.UNREAD:
            self._unread.remove(ticket)
        elif turn is not None:
            self._places.give_up(ticket.address, turn)
        elif ticket.place is Place.ORDINARY:
            self._places.give_back(ticket.address, ticket.places)
        ticket.place = Place.NONE


def _shutting_down() -> ShuttingDownError:
    return ShuttingDownError("this worker is shutting down; ask again")


def is_same_caller(one: str, other: str) -> bool:
    """Compare two callers in a time that tells nothing."""
    return hmac.compare_digest(one, other)
