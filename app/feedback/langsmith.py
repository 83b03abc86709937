"""Feedback on its way to LangSmith, where runs are traced there, by LangSmith's own client.

It blocks, so a thread has it; nobody waits for it, and a failure is a line in the log.
"""

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from app.feedback.answered import Verdict

if TYPE_CHECKING:  # half a second to import, which only who uses it pays
    from langsmith import Client

KEY = "user_score"
"""How LangSmith's pages call it."""
MOST = 100
"""On their way at once; what comes beyond is not sent."""
_TIMEOUT_MS = 10_000
_ATTEMPTS = 2
_CLOSING_S = 2.0
log = logging.getLogger("rag_stream.app")


class LangSmith:
    """Off unless LangSmith's variables turn its tracing on."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._project: UUID | None = None
        self._sending: set[asyncio.Task[None]] = set()
        # One after another: a second verdict on an answer must not overtake the first.
        self._turn = asyncio.Lock()

    def send(self, verdict: Verdict, *, is_again: bool) -> None:
        """Send it beside everything else; `is_again`: in the place of an earlier one."""
        if len(self._sending) >= MOST:
            log.warning(
                "feedback on run %s is not sent to LangSmith: too many wait", verdict.run_id
            )
            return
        task = asyncio.get_running_loop().create_task(self._send(verdict, is_again))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def aclose(self) -> None:
        """Let what is on its way arrive, for a moment."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=_CLOSING_S)
        for task in list(self._sending):
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def _send(self, verdict: Verdict, is_again: bool) -> None:
        try:
            async with self._turn:
                await asyncio.to_thread(self._post, verdict, is_again)
        except Exception as error:  # noqa: BLE001 - whatever its client raises
            words = " ".join(str(error).split())[:300]
            log.error(
                "feedback on run %s did not reach LangSmith: %s: %s",
                *(verdict.run_id, type(error).__name__, words),
            )

    def _post(self, verdict: Verdict, is_again: bool) -> None:
        from langsmith import Client
        from langsmith.utils import LangSmithNotFoundError, get_tracer_project, tracing_is_enabled

        if not tracing_is_enabled():
            return
        if self._client is None:
            # It traces nothing itself, and so needs no thread of its own.
            self._client = Client(auto_batch_tracing=False, timeout_ms=_TIMEOUT_MS)
        id = uuid5(UUID(verdict.run_id), KEY)  # the same for all that is said of the run
        if is_again:
            with suppress(LangSmithNotFoundError):  # the earlier one may never have arrived
                self._client.update_feedback(id, score=verdict.score, comment=verdict.comment)
                return
        if self._project is None:
            self._project = self._client.read_project(project_name=get_tracer_project()).id
        self._client.create_feedback(
            verdict.run_id,
            KEY,
            score=verdict.score,
            comment=verdict.comment,
            feedback_id=id,
            session_id=self._project,
            stop_after_attempt=_ATTEMPTS,
        )
