"""Waiting for one's turn in a session: behind those of this worker, then behind other workers'."""

import asyncio
from typing import TYPE_CHECKING

from app.error_responses import log_failure
from app.errors import SessionBusyError, SessionNotFoundError, SessionStoreError
from app.sessions.config_keys import FIELD
from app.sessions.queues import Place, Queues
from app.sessions.times import SessionTimes
from app.sessions.turn import Taken

if TYPE_CHECKING:  # see `manager.py`
    from app.sessions.database import Database
    from app.sessions.store import SessionStore

_FIRST_LOOK_S, _LAST_LOOK_S = 0.05, 0.25


class Beginning:
    """How turns begin in one worker."""

    def __init__(self, database: "Database", store: "SessionStore", times: SessionTimes) -> None:
        self._wait_s = times.wait_s
        self._database = database
        self._store = store
        self._queues = Queues()

    async def begin(
        self, session_id: str, owner: str, question: str, run_id: str
    ) -> tuple[Taken, Place]:
        """The turn, and the place in this worker's queue that its end gives back.

        Raises SessionNotFoundError, SessionBusyError, SessionStoreError.
        """
        deadline = asyncio.get_running_loop().time() + self._wait_s
        try:
            async with asyncio.timeout_at(deadline):
                place = await self._queues.enter((session_id, owner))
        except TimeoutError:
            raise self._busy() from None
        try:
            taken = await self._take(place, session_id, owner, question, run_id, deadline)
        except asyncio.CancelledError:
            raise  # who was cancelled has seen to the place
        except BaseException:
            place.leave()
            raise
        return taken, place

    async def _take(
        self,
        place: Place,
        session_id: str,
        owner: str,
        question: str,
        run_id: str,
        deadline: float,
    ) -> Taken:
        """Begin it in the database, where other workers have their turns too."""
        loop, pause = asyncio.get_running_loop(), _FIRST_LOOK_S
        while True:
            taking = self._database.apart(self._store.take(session_id, owner, question, run_id))
            try:
                taken = await asyncio.shield(taking)
            except SessionNotFoundError as error:
                raise SessionNotFoundError(
                    f"{FIELD}: expected a new session or one of the caller's own; "
                    "this one is neither"
                ) from error
            except asyncio.CancelledError:
                self._database.apart(self._undo(place, taking, session_id, run_id))
                raise
            if taken is not None:
                return taken
            if loop.time() + pause > deadline:
                raise self._busy()
            try:
                await asyncio.sleep(pause)
            except asyncio.CancelledError:
                place.leave()
                raise
            pause = min(1.5 * pause, _LAST_LOOK_S)

    async def _undo(
        self,
        place: Place,
        taking: "asyncio.Task[Taken | None]",
        session_id: str,
        run_id: str,
    ) -> None:
        """Give back what somebody who has left meanwhile may have got."""
        try:
            await asyncio.wait({taking})
            is_done = not taking.cancelled() and taking.exception() is None
            if is_done and (taken := taking.result()):
                await self._store.forget(session_id, taken.number, run_id)
        except SessionStoreError as error:
            log_failure(error, run_id)  # its lease ends by itself
        finally:
            place.leave()

    def _busy(self) -> SessionBusyError:
        return SessionBusyError(
            f"{FIELD}: another turn of this session has gone on for {self._wait_s:g} s; "
            "ask again when it has ended"
        )
