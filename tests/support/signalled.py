"""A worker that is told to end, before a stand-in of the server's."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from app.lifecycle.admission import Admission
from app.lifecycle.shutdown import Shutdown
from rag_stream.errors import RagError

TERM, INT = signal.SIGTERM, signal.SIGINT


class Server:
    """What stands behind: a server whose handlers note what reaches them, and how it was then."""

    def __init__(self, admission: Admission) -> None:
        self.told: list[tuple[int, int]] = []
        """Each signal, with how many were inside when it came through."""
        self._admission = admission

    def on_signal(self, number: int, frame: object) -> None:
        self.told.append((number, self._admission.count))


@asynccontextmanager
async def installed(admission: Admission, within_s: float = 60) -> AsyncIterator[Shutdown]:
    shutdown = Shutdown(admission, within_s)
    shutdown.install()
    try:
        yield shutdown
    finally:
        await shutdown.aclose()


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - told by no event
            await asyncio.sleep(0.002)


async def some_time() -> None:
    """For what must not happen: enough for a loop to do all that is due."""
    await asyncio.sleep(0.05)


async def inside(admission: Admission, run_id: str = "run") -> asyncio.Task[RagError | None]:
    """A run that goes on until it is stopped; its result is why."""

    async def go_on() -> RagError | None:
        with admission.admit([run_id], "me") as ticket:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await asyncio.sleep(0.01)  # it tells its client
                return ticket.stopped()
        return None

    task = asyncio.create_task(go_on())
    await asyncio.sleep(0)
    return task
