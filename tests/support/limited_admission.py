"""An admission of few places, whether they are taken, and runs that take them."""

import asyncio

from app.errors import OverloadedError
from app.lifecycle.admission import Admission
from app.lifecycle.limits import Limits
from app.lifecycle.ticket import Ticket
from rag_stream.errors import RagError
from tests.support.run_readers import turns


def limited(most: int, unread: int, spare: int = 0) -> Admission:
    return Admission(lambda: Limits(most, spare, unread))


def is_full(admission: Admission, address: str = "here") -> bool:
    try:
        admission.check(address)
    except OverloadedError:
        return True
    return False


class Run:
    """A run that goes on until it is told to end; a reader can come and go."""

    def __init__(self, admission: Admission, run_id: str, address: str = "here") -> None:
        self.id = run_id
        self.reason: RagError | None = None
        self._admission = admission
        self._ticket = admission.admit([run_id], "me", address)
        self._readers: list[Ticket] = []
        self.task = asyncio.create_task(self._go_on(self._ticket))
        self.read()

    async def _go_on(self, ticket: Ticket) -> None:
        with ticket:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.reason = ticket.stopped()
                if self.reason is None:
                    raise

    def read(self) -> None:
        self._readers.append(self._admission.admit_reader(self.id, "me"))

    def leave(self) -> None:
        self._readers.pop().leave()

    @property
    def is_read(self) -> bool:
        return bool(self._readers)

    async def is_going_on(self) -> bool:
        await turns()
        return not self.task.done()

    async def end(self) -> None:
        self._ticket.is_ending = True
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
