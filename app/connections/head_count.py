"""How much of a request's head has arrived."""

from app.errors import HeadTooLargeError
from app.head_bounds import MOST_HEAD_BYTES, MOST_HEADERS


class HeadCount:
    """Of one request at a time."""

    def __init__(self) -> None:
        self._bytes = 0
        self._headers = 0

    def begin(self) -> None:
        """Another request's head."""
        self._bytes = self._headers = 0

    def add(self, size: int) -> None:
        """Bytes that arrived. Raises HeadTooLargeError."""
        self._bytes += size
        if self._bytes > MOST_HEAD_BYTES or self._headers > MOST_HEADERS:
            raise too_large()

    def add_header(self, name: bytes, value: bytes) -> None:
        """A whole header. Raises HeadTooLargeError."""
        self._headers += 1
        self.add(len(name) + len(value) + len(": \r\n"))


def too_large() -> HeadTooLargeError:
    return HeadTooLargeError(
        f"headers: expected at most {MOST_HEADERS} of them and {MOST_HEAD_BYTES} bytes, got more"
    )
