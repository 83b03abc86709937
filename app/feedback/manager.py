"""The feedback of one worker: answers remembered beside their streams, verdicts taken.

Answers are in the database, so that any worker can take what is said of them.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.error_responses import log_failure
from app.errors import FeedbackOffError, RunNotFoundError, SessionStoreError
from app.feedback.answered import Answered, Verdict
from app.feedback.langsmith import LangSmith
from app.repeated_failures import RepeatedFailures
from rag_stream.settings import Settings

if TYPE_CHECKING:  # SQLAlchemy takes a second to import, which only who uses it pays
    from app.feedback.store import FeedbackStore
    from app.sessions.database import Database

_CLEAN_S = 3600.0
_ELSEWHERE_S = 0.3
"""What another worker needs at most to write down an answer that its client has just read."""


class Feedback:
    """Off, and nothing is opened, unless the settings ask for it."""

    def __init__(
        self, settings: Callable[[], Settings], database: Callable[[], "Database"]
    ) -> None:
        """Both are called when they are needed, because they are not there from the start."""
        self._settings = settings
        self._find_database = database
        self._database: Database | None = None
        self._store: FeedbackStore | None = None
        self._langsmith = LangSmith()
        self._writing: dict[str, asyncio.Task[None]] = {}
        self._cleaning: asyncio.Task[None] | None = None

    @property
    def is_on(self) -> bool:
        """Whether feedback is taken."""
        return self._settings().feedback

    def open(self) -> None:
        """Begin, over the database that sessions have opened."""
        if not self.is_on:
            return
        from app.feedback.store import FeedbackStore

        self._database = self._find_database()
        self._store = FeedbackStore(self._database)
        self._cleaning = asyncio.create_task(self._clean(self._database, self._store))

    async def aclose(self) -> None:
        """End what goes on; answers are written to the end by the database as it closes."""
        if self._cleaning is not None:
            self._cleaning.cancel()
            await asyncio.gather(self._cleaning, return_exceptions=True)
        await self._langsmith.aclose()
        self._database = self._store = self._cleaning = None

    def remember(self, answered: Answered) -> None:
        """Write an answer down, beside what its client is sent."""
        if self._database is None or self._store is None:
            return
        task = self._database.apart(self._remember(self._store, answered))
        self._writing[answered.run_id] = task
        task.add_done_callback(lambda _: self._writing.pop(answered.run_id, None))

    async def give(self, caller: str, verdict: Verdict) -> bool:
        """Keep a verdict and pass it on; whether it replaces an earlier one.

        Raises FeedbackOffError, RunNotFoundError, SessionStoreError.
        """
        if self._database is None or self._store is None:
            raise FeedbackOffError("this service takes no feedback (RAG_FEEDBACK=off)")
        if writing := self._writing.get(verdict.run_id):
            await asyncio.wait({writing})
        try:
            is_again = await self._give(caller, verdict)
        except RunNotFoundError:
            if self._settings().web_concurrency == 1:
                raise
            await asyncio.sleep(_ELSEWHERE_S)
            is_again = await self._give(caller, verdict)
        self._langsmith.send(verdict, is_again=is_again)
        return is_again

    async def _give(self, caller: str, verdict: Verdict) -> bool:
        assert self._database is not None  # noqa: S101 - looked at before
        assert self._store is not None  # noqa: S101
        return await self._database.shielded(self._store.give(caller, verdict))

    async def _remember(self, store: "FeedbackStore", answered: Answered) -> None:
        try:
            await store.remember(answered)
        except SessionStoreError as error:
            log_failure(error, answered.run_id)

    async def _clean(self, database: "Database", store: "FeedbackStore") -> None:
        """Remove answers whose time is over, now and then."""
        failures = RepeatedFailures()
        while True:
            try:
                await database.shielded(store.remove_old())
                failures.went_well()
            except SessionStoreError as error:
                failures.failed(error)
            await asyncio.sleep(_CLEAN_S)
