"""The sessions of one worker: opened with it, and one turn at a time in each of them."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from app.error_responses import log_failure
from app.errors import SessionsOffError, SessionStoreError
from app.repeated_failures import RepeatedFailures
from app.sessions.beginning import Beginning
from app.sessions.open_turn import OpenTurn
from app.sessions.times import SessionTimes
from rag_stream.settings import Settings

if TYPE_CHECKING:  # SQLAlchemy and Alembic take a second to import, which only who uses them pays
    from app.sessions.database import Database
    from app.sessions.reading import SessionReader
    from app.sessions.store import SessionStore

T = TypeVar("T")
log = logging.getLogger("rag_stream.app")

_TIMES = SessionTimes()


class Sessions:
    """Off, and nothing is opened, unless the settings ask for it."""

    def __init__(self, settings: Callable[[], Settings], times: SessionTimes = _TIMES) -> None:
        """`settings`: called when they are needed, because they are not there from the start."""
        self._settings = settings
        self._times = times
        self._open_turns: set[OpenTurn] = set()
        self._waiting: set[str] = set()
        self._beside: list[asyncio.Task[None]] = []
        self._database: Database | None = None
        self._store: SessionStore | None = None
        self._reader: SessionReader | None = None
        self._beginning: Beginning | None = None

    @property
    def is_on(self) -> bool:
        """Whether sessions are kept."""
        return self._settings().sessions

    def is_waiting(self, run_id: str) -> bool:
        """Whether the run waits for its turn in a session."""
        return run_id in self._waiting

    @property
    def database(self) -> "Database":
        """Where sessions and feedback are kept. Raises SessionsOffError where neither is."""
        if self._database is None:
            raise SessionsOffError("this service keeps no sessions (RAG_SESSIONS=off)")
        return self._database

    async def open(self) -> None:
        """Reach for the database, which may be away and come back. Raises SettingsError."""
        settings = self._settings()
        if not (settings.sessions or settings.feedback):
            return
        from app.sessions.database import Database
        from app.sessions.reading import SessionReader
        from app.sessions.store import SessionStore

        self._database = Database(settings, self._times.again_s)
        try:
            await self._database.open()
        except SessionStoreError as error:
            log_failure(error)
        if settings.sessions:
            self._store = SessionStore(
                self._database,
                str(uuid4()),
                turns=settings.session_turns,
                days=settings.session_days,
            )
            self._reader = SessionReader(self._database, days=settings.session_days)
            self._beginning = Beginning(self._database, self._store, self._times)
            self._beside = [
                asyncio.create_task(self._renew(self._store)),
                asyncio.create_task(self._clean(self._store)),
            ]

    async def aclose(self) -> None:
        """Write what is to be written yet, and close the database."""
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        if self._database is not None:
            await self._database.aclose(self._times.store_s)
        self._database = self._store = self._reader = self._beginning = None

    async def begin(self, session_id: str, owner: str, question: str, run_id: str) -> OpenTurn:
        """Begin a turn, when those before it have ended.

        Raises SessionNotFoundError, SessionBusyError, SessionStoreError, SessionsOffError.
        """
        store, beginning = self._need(self._store), self._need(self._beginning)
        self._waiting.add(run_id)
        try:
            taken, place = await beginning.begin(session_id, owner, question, run_id)
        finally:
            self._waiting.discard(run_id)

        def on_end(turn: OpenTurn) -> None:
            self._open_turns.discard(turn)
            place.leave()

        turn = OpenTurn(self.database, store, session_id, run_id, taken, self._times, on_end)
        self._open_turns.add(turn)
        return turn

    async def listed(
        self, owner: str, limit: int, before: tuple[int, str] | None
    ) -> list[dict[str, Any]]:
        """A caller's sessions: see `SessionReader`."""
        return await self.database.shielded(self._need(self._reader).sessions(owner, limit, before))

    async def shown(self, session_id: str, owner: str, limit: int, after: int) -> dict[str, Any]:
        """One of a caller's sessions: see `SessionReader`."""
        return await self.database.shielded(
            self._need(self._reader).session(session_id, owner, limit, after)
        )

    async def delete(self, session_id: str, owner: str) -> None:
        """Remove one of a caller's sessions: see `SessionStore`."""
        await self.database.shielded(self._need(self._store).delete(session_id, owner))

    async def _renew(self, store: "SessionStore") -> None:
        """Tell the other workers that the turns of this one go on."""
        failures = RepeatedFailures()
        while True:
            await asyncio.sleep(self._times.renew_s)
            if not self._open_turns:
                continue
            try:
                await self.database.shielded(
                    store.renew({turn.session_id for turn in self._open_turns})
                )
                failures.went_well()
            except SessionStoreError as error:
                failures.failed(error)

    async def _clean(self, store: "SessionStore") -> None:
        """Remove what is too old, now and then."""
        failures = RepeatedFailures()
        while True:
            try:
                if count := await self.database.shielded(store.remove_old()):
                    log.info("sessions that were not used for too long, removed: %d", count)
                failures.went_well()
            except SessionStoreError as error:
                failures.failed(error)
            await asyncio.sleep(self._times.clean_s)

    def _need(self, opened: T | None) -> T:
        if opened is None:
            raise SessionsOffError("this service keeps no sessions (RAG_SESSIONS=off)")
        return opened
