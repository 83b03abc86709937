"""The body of an answer over httpx's connections, never unpacked to more than asked for.

httpx unpacks each piece at once, whatever it becomes: 64 KB of gzip are 64 MB.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag_stream.http.response import HttpError
from rag_stream.http.unpack import DamagedError, codings_of, unpacker

if TYPE_CHECKING:
    import httpx

PLAIN = {"accept-encoding": "identity"}
"""Headers that ask for no packing; what comes in gzip all the same is read."""


class Unpacked:
    """The body as it arrives, in small pieces."""

    def __init__(self, answer: "httpx.Response") -> None:
        codings = codings_of(answer.headers.get("content-encoding", "")) or ["identity"]
        found = unpacker(codings[0]) if len(codings) == 1 else None
        if found is None:
            raise HttpError("a body that is packed in a way that was not asked for")
        self._unpacker = found
        self._parts = answer.aiter_raw()
        self._pieces: Iterator[bytes] = iter(())

    async def arrived(self) -> bytes:
        """The next piece, b"" at the end. Raises HttpError, and what httpx raises."""
        while True:
            try:
                for piece in self._pieces:
                    if piece:
                        return piece
            except DamagedError as error:
                raise HttpError("a body that cannot be unpacked") from error
            part = await anext(self._parts, b"")
            if not part:
                return part
            self._pieces = self._unpacker.feed(part)
