"""What a caller is shown of its sessions, page by page."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import SessionNotFoundError
from app.sessions.database import Database
from app.sessions.tables import DAY_MS, SESSIONS, TURNS, now_ms, time_of
from app.sessions.turn import FAILED, LOST, RUNNING


class SessionReader:
    """The sessions of one caller at a time; those of others are not there."""

    def __init__(self, database: Database, *, days: int) -> None:
        """`days`: one that was not used for so long is not there any more."""
        self._database = database
        self._age_ms = days * DAY_MS

    async def sessions(
        self, owner: str, limit: int, before: tuple[int, str] | None
    ) -> list[dict[str, Any]]:
        """The latest used first, those after `before` (its `used_ms` and id).

        Raises SessionStoreError.
        """
        query = sa.select(
            *(SESSIONS.c[name] for name in ("id", "title", "created_ms", "used_ms", "last_turn"))
        ).where(SESSIONS.c.owner == owner, SESSIONS.c.used_ms >= now_ms() - self._age_ms)
        if before is not None:
            key = sa.tuple_(SESSIONS.c.used_ms, SESSIONS.c.id)
            query = query.where(key < sa.tuple_(*map(sa.literal, before)))
        query = query.order_by(SESSIONS.c.used_ms.desc(), SESSIONS.c.id.desc()).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [
            {
                "session_id": row.id,
                "title": row.title,
                "created": time_of(row.created_ms),
                "used": time_of(row.used_ms),
                "used_ms": row.used_ms,
                "last_turn": row.last_turn,
            }
            for row in rows
        ]

    async def session(self, session_id: str, owner: str, limit: int, after: int) -> dict[str, Any]:
        """One of them with its turns after that number, oldest first.

        Raises SessionNotFoundError, SessionStoreError.
        """
        async with self._database.reading() as connection:
            session, now = await self._found(connection, session_id, owner)
            query = (
                sa.select(TURNS)
                .where(TURNS.c.session_id == session_id, TURNS.c.number > after)
                .order_by(TURNS.c.number)
                .limit(limit)
            )
            turns = (await connection.execute(query)).all()
        is_held = session.leased_by is not None and session.leased_until_ms >= now
        return {
            "session_id": session.id,
            "title": session.title,
            "created": time_of(session.created_ms),
            "used": time_of(session.used_ms),
            "last_turn": session.last_turn,
            "turns": [_turn(row, is_held) for row in turns],
        }

    async def _found(
        self, connection: AsyncConnection, session_id: str, owner: str
    ) -> tuple[Any, int]:
        query = sa.select(SESSIONS, now_ms().label("now")).where(
            SESSIONS.c.id == session_id, SESSIONS.c.owner == owner
        )
        row = (await connection.execute(query)).one_or_none()
        if row is None or row.used_ms < row.now - self._age_ms:
            raise SessionNotFoundError("there is no such session")
        return row, row.now


def _turn(row: Any, is_held: bool) -> dict[str, Any]:
    """`is_held`: whether a worker says that the session's last turn goes on."""
    is_lost = row.state == RUNNING and not is_held
    return {
        "turn": row.number,
        "run_id": row.run_id,
        "state": FAILED if is_lost else row.state,
        "code": LOST if is_lost else row.code,
        "question": row.question,
        "answer": row.answer,
        "sources": row.sources,
        "asked": time_of(row.asked_ms),
        "ended": None if row.ended_ms is None else time_of(row.ended_ms),
    }
