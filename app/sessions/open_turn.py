"""A turn that has begun, and how its end gets into the database without anybody waiting long."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.error_responses import log_failure
from app.errors import SessionStoreError
from app.sessions.times import SessionTimes
from app.sessions.turn import Outcome, Taken

if TYPE_CHECKING:  # see `manager.py`
    from app.sessions.database import Database
    from app.sessions.store import SessionStore

log = logging.getLogger("rag_stream.app")


class OpenTurn:
    """A turn that has begun; `end` or `forget` ends it, once."""

    def __init__(
        self,
        database: "Database",
        store: "SessionStore",
        session_id: str,
        run_id: str,
        taken: Taken,
        times: SessionTimes,
        on_end: Callable[["OpenTurn"], None],
    ) -> None:
        self.number = taken.number
        self.history = taken.history
        self.is_over = False
        self.is_stored = False
        """Whether its end has been written by now."""
        self._database = database
        self._store = store
        self.session_id = session_id
        self._run_id = run_id
        self._times = times
        self._on_end = on_end

    async def end(self, outcome: Outcome) -> bool:
        """Write how it ended; whether that is done when this returns, soon in any case.

        The writing goes on when this is cancelled.
        """
        self.is_over = True
        writing = self._database.apart(self._write(outcome))
        done, _ = await asyncio.wait({writing}, timeout=self._times.store_s)
        return writing in done and writing.result()

    async def forget(self) -> None:
        """Have it never begun."""
        self.is_over = True
        await asyncio.wait({self._database.apart(self._unwrite())}, timeout=self._times.store_s)

    async def _write(self, outcome: Outcome) -> bool:
        try:
            for pause in (*self._times.pauses, None):
                try:
                    self.is_stored = await self._store.finish(
                        self.session_id, self.number, self._run_id, outcome
                    )
                    return self.is_stored
                except SessionStoreError as error:
                    if pause is None:
                        log_failure(error, self._run_id)
                        log.error("run %s is not kept in its session", self._run_id)
                        return False
                    await asyncio.sleep(pause)
            return False
        finally:
            self._on_end(self)

    async def _unwrite(self) -> None:
        try:
            await self._store.forget(self.session_id, self.number, self._run_id)
        except SessionStoreError as error:
            log_failure(error, self._run_id)
        finally:
            self._on_end(self)
