"""Answers that may be judged yet, and what people said of answers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("run_id", sa.String(36), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("session_id", sa.String(128)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("sources", sa.JSON, nullable=False),
        sa.Column("answered_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("answers_by_age", "answers", ["answered_ms"])
    op.create_table(
        "feedback",
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
    )
    op.create_index("feedback_by_time", "feedback", ["given_ms", "run_id"])


def downgrade() -> None:
    op.drop_table("feedback")
    op.drop_table("answers")
