"""All feedback, one JSON object a line, for people and programs that learn from it."""

import sys
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO

from app.errors import SessionStoreError
from app.feedback.store import FeedbackStore
from app.sessions.address import database_url, file_of
from app.sessions.database import Database
from app.streaming.sse import dumps
from rag_stream.errors import RagError
from rag_stream.settings import Settings, load_settings


async def export(since: datetime | None) -> int:
    """Print it, the oldest first; returns the exit code."""
    try:
        settings = load_settings()
        await write(settings, since, sys.stdout.buffer)
    except SessionStoreError as error:
        print(f"rag-stream: {error}", file=sys.stderr)
        return 1
    except RagError as error:
        print(f"rag-stream: cannot export: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # who reads it has enough
        with suppress(BrokenPipeError):
            sys.stdout.close()
    return 0


async def write(settings: Settings, since: datetime | None, out: BinaryIO) -> None:
    """Write it as it is read. Raises SettingsError, SessionStoreError, BrokenPipeError."""
    file = file_of(database_url(settings))
    if file is not None and not file.exists():  # and is not made by looking for it
        return
    database = Database(settings)
    try:
        await database.open()
        rows = FeedbackStore(database).all(int(since.timestamp() * 1000) if since else 0)
        async for row in rows:
            out.write(dumps(row) + b"\n")
        out.flush()
    finally:
        await database.aclose(1)
