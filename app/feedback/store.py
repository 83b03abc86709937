"""What is kept of answers and of what people say of them. Each call is one transaction."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from app.errors import RunNotFoundError
from app.feedback.answered import KEPT_HOURS, Answered, Verdict
from app.sessions.database import Database
from app.sessions.tables import ANSWERS, FEEDBACK, now_ms, time_of
from app.sessions.turn import storable

_KEPT_MS = KEPT_HOURS * 3_600_000
_PAGE = 500
_OF_ANSWER = (
    *("run_id", "session_id", "state", "model"),
    *("question", "answer", "sources", "answered_ms"),
)


class FeedbackStore:
    """The answers and the feedback of all callers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def remember(self, answered: Answered) -> None:
        """Keep an answer until its time is over. Raises SessionStoreError."""
        values = asdict(answered)
        values |= {name: storable(values[name]) for name in ("question", "answer")}
        async with self._database.writing() as connection:
            await connection.execute(
                self._database.insert(ANSWERS)
                .values(**values, answered_ms=now_ms())
                .on_conflict_do_nothing()
            )

    async def give(self, owner: str, verdict: Verdict) -> bool:
        """Keep what the caller says of its answer; whether it has said something before.

        Raises RunNotFoundError, SessionStoreError.
        """
        mine = sa.and_(
            ANSWERS.c.run_id == verdict.run_id,
            ANSWERS.c.owner == owner,
            ANSWERS.c.answered_ms >= now_ms() - _KEPT_MS,
        )
        said = {
            "score": verdict.score,
            "comment": None if verdict.comment is None else storable(verdict.comment),
        }
        async with self._database.writing() as connection:
            answer = (await connection.execute(sa.select(ANSWERS).where(mine))).one_or_none()
            if answer is None:
                raise RunNotFoundError(
                    f"there is no such answer of this caller's from the last {KEPT_HOURS} hours"
                )
            before = sa.select(FEEDBACK.c.run_id).where(FEEDBACK.c.run_id == verdict.run_id)
            is_again = (await connection.execute(before)).one_or_none() is not None
            known = {name: getattr(answer, name) for name in _OF_ANSWER}
            await connection.execute(
                self._database.insert(FEEDBACK)
                .values(**known, **said, given_ms=now_ms())
                .on_conflict_do_update(
                    index_elements=["run_id"], set_={**said, "given_ms": now_ms()}
                )
            )
        return is_again

    async def remove_old(self) -> int:
        """Remove answers whose time is over; how many. Raises SessionStoreError."""
        async with self._database.writing() as connection:
            old = ANSWERS.c.answered_ms < now_ms() - _KEPT_MS
            done = await connection.execute(sa.delete(ANSWERS).where(old))
        return done.rowcount

    async def all(self, since_ms: int = 0) -> AsyncIterator[dict[str, Any]]:
        """All feedback from that time on, the oldest first, page by page.

        Raises SessionStoreError.
        """
        key = sa.tuple_(FEEDBACK.c.given_ms, FEEDBACK.c.run_id)
        after = (since_ms, "")
        while True:
            query = sa.select(FEEDBACK).where(key > sa.tuple_(*map(sa.literal, after)))
            query = query.order_by(FEEDBACK.c.given_ms, FEEDBACK.c.run_id).limit(_PAGE)
            async with self._database.reading() as connection:
                rows = (await connection.execute(query)).all()
            for row in rows:
                yield _shown(row)
            if len(rows) < _PAGE:
                return
            after = (rows[-1].given_ms, rows[-1].run_id)


def _shown(row: Any) -> dict[str, Any]:
    return {
        "run_id": row.run_id,
        "score": row.score,
        "comment": row.comment,
        "question": row.question,
        "answer": row.answer,
        "sources": row.sources,
        "state": row.state,
        "model": row.model,
        "session_id": row.session_id,
        "answered": time_of(row.answered_ms),
        "given": time_of(row.given_ms),
    }
