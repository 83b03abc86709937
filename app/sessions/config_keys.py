"""What a run's `configurable` says of its session: the client the one, the endpoint the other."""

from typing import Any

from rag_stream.errors import InvalidInputError
from rag_stream.excerpts import shown

SESSION = "session_id"
CALLER = "__caller"
"""Who asks, set by each endpoint and by nobody else: names that begin so are not taken from
clients (`rag_stream/foreign_keys.py`), and LangChain does not copy them into what it records."""
MAX_CHARS = 128
FIELD = f"config.configurable.{SESSION}"


def session_id_of(value: Any, field: str = FIELD) -> str:
    """The name of a session. Raises InvalidInputError naming the field."""
    is_short = isinstance(value, str) and 0 < len(value) <= MAX_CHARS
    if is_short and value.isprintable() and value == value.strip():
        return str(value)
    raise InvalidInputError(
        f"{field}: expected 1 to {MAX_CHARS} printable characters without blanks around them, "
        f"got {shown(value)}"
    )
