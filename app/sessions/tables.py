"""The tables as they are now. How a database came to have them is in `migrations/`; a test holds
both equal. Times are milliseconds since 1970, by the database's own clock."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

METADATA = sa.MetaData()
DAY_MS = 86_400_000

SESSIONS = sa.Table(
    "sessions",
    METADATA,
    sa.Column("id", sa.String(128), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("used_ms", sa.BigInteger, nullable=False),
    sa.Column("last_turn", sa.Integer, nullable=False),
    # Whose turn it is: a worker's, which says so again as long as it lives.
    sa.Column("leased_by", sa.String(36)),
    sa.Column("leased_until_ms", sa.BigInteger),
    sa.Index("sessions_of_owner", "owner", "used_ms", "id"),
    sa.Index("sessions_by_age", "used_ms"),
)
TURNS = sa.Table(
    "turns",
    METADATA,
    sa.Column(
        "session_id",
        sa.String(128),
        sa.ForeignKey("sessions.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("run_id", sa.String(36), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    # Of the error that it failed with.
    sa.Column("code", sa.String(64)),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("sources", sa.JSON, nullable=False),
    sa.Column("asked_ms", sa.BigInteger, nullable=False),
    sa.Column("ended_ms", sa.BigInteger),
)
# What may yet be told of an answer, and by whom; it goes when its time is over.
ANSWERS = sa.Table(
    "answers",
    METADATA,
    sa.Column("run_id", sa.String(36), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("session_id", sa.String(128)),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("model", sa.Text),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("sources", sa.JSON, nullable=False),
    sa.Column("answered_ms", sa.BigInteger, nullable=False),
    sa.Index("answers_by_age", "answered_ms"),
)
# With all that it is about: neither the answer nor its session need be there any more.
FEEDBACK = sa.Table(
    "feedback",
    METADATA,
    sa.Column("run_id", sa.String(36), primary_key=True),
    sa.Column("score", sa.Integer, nullable=False),
    sa.Column("comment", sa.Text),
    sa.Column("given_ms", sa.BigInteger, nullable=False),
    sa.Column("session_id", sa.String(128)),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("model", sa.Text),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("sources", sa.JSON, nullable=False),
    sa.Column("answered_ms", sa.BigInteger, nullable=False),
    sa.Index("feedback_by_time", "given_ms", "run_id"),
)


def time_of(ms: int) -> str:
    """As clients are told it: ISO 8601, in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")


class now_ms(FunctionElement[int]):  # noqa: N801 - as SQLAlchemy names functions
    """The time by the database's clock, which is the same for all workers."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(now_ms, "sqlite")
def _sqlite_now(element: now_ms, compiler: Any, **options: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


@compiles(now_ms, "postgresql")
def _postgresql_now(element: now_ms, compiler: Any, **options: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
