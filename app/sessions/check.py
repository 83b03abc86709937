"""Whether the database can be had, for who starts the service and is there to read why not."""

from app.errors import SessionStoreError
from app.sessions.address import VARIABLE
from app.sessions.database import Database
from rag_stream.errors import SettingsError
from rag_stream.excerpts import printable
from rag_stream.redaction import Redactor, secrets_of
from rag_stream.settings import Settings

_LONGEST_CAUSE = 300


async def check_database(settings: Settings) -> None:
    """Raise SettingsError where the database is not to be had: who starts the service is told."""
    database = Database(settings)
    try:
        await database.open()
    except SessionStoreError as error:
        cause = getattr(error.__cause__, "orig", None) or error.__cause__
        redact = Redactor(secrets_of(settings))
        words = redact(printable(str(cause).partition("\n")[0], _LONGEST_CAUSE))
        raise SettingsError(
            f"{VARIABLE}: expected a database that answers, got {type(cause).__name__}: {words}"
        ) from error
    finally:
        await database.aclose(1)
