"""What is kept of sessions, and whose turn it is in them. Each call is one transaction.

A turn begins with a lease on its session and ends by giving it back. A lease ends by itself
where its worker does not renew it: then the turn is lost, and the next one says so.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import SessionNotFoundError
from app.sessions.database import Database
from app.sessions.tables import DAY_MS, SESSIONS, TURNS, now_ms
from app.sessions.turn import FAILED, LOST, RUNNING, Outcome, Taken, said, storable

LEASE_S = 6.0
HISTORY_TURNS = 200
"""The latest ones; the pipeline takes fewer of them, by their tokens."""
TITLE_CHARS = 200
_AT_ONCE = 500
"""Names in one statement."""


class SessionStore:
    """The sessions of all callers, as one worker writes them."""

    def __init__(self, database: Database, worker: str, *, turns: int, days: int) -> None:
        """`turns`: of a session at most; `days`: since a session was used at most."""
        self._database = database
        self._worker = worker
        self._turns = turns
        self._age_ms = days * DAY_MS

    async def take(self, session_id: str, owner: str, question: str, run_id: str) -> Taken | None:
        """Begin a turn, and the session where there is none; None where another turn goes on.

        Raises SessionNotFoundError where it is somebody else's, SessionStoreError.
        """
        async with self._database.writing() as connection:
            session = await _locked(connection, session_id)
            if session is not None and self._is_old(session) and session.owner == owner:
                await connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.id == session_id))
                session = None
            if session is None:
                await self._create(connection, session_id, owner, question)
                session = await _locked(connection, session_id)
            if session is None or session.owner != owner:
                raise SessionNotFoundError("there is no such session of this caller's")
            now, number = session.now, session.last_turn + 1
            if session.leased_by is not None:
                if session.leased_by != self._worker and session.leased_until_ms >= now:
                    return None
                await connection.execute(
                    sa.update(TURNS)
                    .where(TURNS.c.session_id == session_id, TURNS.c.state == RUNNING)
                    .values(state=FAILED, code=LOST, ended_ms=now)
                )
            history = await _latest(connection, session_id, min(HISTORY_TURNS, self._turns))
            if number > self._turns:
                await connection.execute(
                    sa.delete(TURNS).where(
                        TURNS.c.session_id == session_id, TURNS.c.number <= number - self._turns
                    )
                )
            await connection.execute(
                sa.insert(TURNS).values(
                    session_id=session_id,
                    number=number,
                    run_id=run_id,
                    state=RUNNING,
                    question=storable(question),
                    answer="",
                    sources=[],
                    asked_ms=now,
                )
            )
            await connection.execute(
                sa.update(SESSIONS)
                .where(SESSIONS.c.id == session_id)
                .values(
                    last_turn=number,
                    used_ms=now,
                    leased_by=self._worker,
                    leased_until_ms=now + int(LEASE_S * 1000),
                )
            )
        return Taken(number, said(history))

    async def renew(self, session_ids: Collection[str]) -> None:
        """Say that this worker's turns in these sessions go on. Raises SessionStoreError."""
        names = sorted(session_ids)
        for start in range(0, len(names), _AT_ONCE):
            async with self._database.writing() as connection:
                await connection.execute(
                    sa.update(SESSIONS)
                    .where(
                        SESSIONS.c.id.in_(names[start : start + _AT_ONCE]),
                        SESSIONS.c.leased_by == self._worker,
                    )
                    .values(leased_until_ms=now_ms() + int(LEASE_S * 1000))
                )

    async def finish(self, session_id: str, number: int, run_id: str, outcome: Outcome) -> bool:
        """End a turn, and let the next one begin; False where it was deleted meanwhile.

        Also one that was taken for lost. Raises SessionStoreError.
        """
        async with self._database.writing() as connection:
            await self._release(connection, session_id, number)
            done = await connection.execute(
                sa.update(TURNS)
                .where(_is_turn(session_id, number, run_id))
                .values(
                    state=outcome.state,
                    code=outcome.code,
                    answer=storable(outcome.answer),
                    sources=outcome.sources,
                    ended_ms=now_ms(),
                )
            )
        return done.rowcount == 1

    async def forget(self, session_id: str, number: int, run_id: str) -> None:
        """Undo the beginning of a turn that turned out to be none. Raises SessionStoreError."""
        async with self._database.writing() as connection:
            await self._release(connection, session_id, number)
            await connection.execute(sa.delete(TURNS).where(_is_turn(session_id, number, run_id)))
            kept = sa.select(TURNS.c.number).where(TURNS.c.session_id == session_id).exists()
            await connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.id == session_id, ~kept))

    async def remove_old(self) -> int:
        """Remove what was not used for too long; how many. Raises SessionStoreError."""
        async with self._database.writing() as connection:
            done = await connection.execute(
                sa.delete(SESSIONS).where(SESSIONS.c.used_ms < now_ms() - self._age_ms)
            )
        return done.rowcount

    async def delete(self, session_id: str, owner: str) -> None:
        """Remove a session with its turns. Raises SessionNotFoundError, SessionStoreError."""
        async with self._database.writing() as connection:
            done = await connection.execute(
                sa.delete(SESSIONS).where(SESSIONS.c.id == session_id, SESSIONS.c.owner == owner)
            )
        if done.rowcount != 1:
            raise SessionNotFoundError("there is no such session")

    def _is_old(self, session: Any) -> bool:
        return bool(session.used_ms < session.now - self._age_ms)

    async def _create(
        self, connection: AsyncConnection, session_id: str, owner: str, question: str
    ) -> None:
        """Where there is none; another worker may do it at the same time."""
        title = " ".join(storable(question[: 4 * TITLE_CHARS]).split())[:TITLE_CHARS]
        await connection.execute(
            self._database.insert(SESSIONS)
            .values(
                id=session_id,
                owner=owner,
                title=title,
                created_ms=now_ms(),
                used_ms=now_ms(),
                last_turn=0,
            )
            .on_conflict_do_nothing()
        )

    async def _release(self, connection: AsyncConnection, session_id: str, number: int) -> None:
        """First, as all that touch a session: so no two transactions wait for each other."""
        await connection.execute(
            sa.update(SESSIONS)
            .where(
                SESSIONS.c.id == session_id,
                SESSIONS.c.leased_by == self._worker,
                SESSIONS.c.last_turn == number,
            )
            .values(leased_by=None, leased_until_ms=None, used_ms=now_ms())
        )


async def _locked(connection: AsyncConnection, session_id: str) -> Any:
    """The session, which nobody else changes before this transaction ends; None where there is
    none. `now` is the time by the database's clock."""
    query = sa.select(SESSIONS, now_ms().label("now")).where(SESSIONS.c.id == session_id)
    return (await connection.execute(query.with_for_update())).one_or_none()


def _is_turn(session_id: str, number: int, run_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        TURNS.c.session_id == session_id, TURNS.c.number == number, TURNS.c.run_id == run_id
    )


async def _latest(connection: AsyncConnection, session_id: str, most: int) -> list[Any]:
    query = (
        sa.select(TURNS.c.question, TURNS.c.answer, TURNS.c.state)
        .where(TURNS.c.session_id == session_id)
        .order_by(TURNS.c.number.desc())
        .limit(most)
    )
    return list((await connection.execute(query)).all())[::-1]
