"""How a connection ends that takes nothing more: said, and closed when the client has read it."""

import asyncio

LINGER_S = 1.0
"""After a refusal: closing while more is arriving would take it away from the client."""
_MOST_DISCARDED = 4_000_000


class Ending:
    """Of one connection."""

    def __init__(self) -> None:
        self._discarded = 0
        self._linger: asyncio.TimerHandle | None = None

    def discard(self, transport: asyncio.Transport, size: int) -> None:
        """So many bytes have come that nobody reads; who sends without end is cut off."""
        self._discarded += size
        if self._discarded > _MOST_DISCARDED:
            transport.abort()

    def say(
        self, transport: asyncio.Transport, last: bytes, loop: asyncio.AbstractEventLoop
    ) -> None:
        """Send the last that is said on the connection, and close it a little later."""
        transport.write(last)
        if transport.can_write_eof():
            transport.write_eof()
        self._linger = loop.call_later(LINGER_S, transport.close)

    def cancel(self) -> None:
        """The connection is closed."""
        if self._linger is not None:
            self._linger.cancel()
