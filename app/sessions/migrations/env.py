"""Alembic's way into a database that is open already: see `app/sessions/upgrade.py`."""

from alembic import context

from app.sessions.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table="schema_version",
    # SQLite cannot change columns; Alembic copies the table instead.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
