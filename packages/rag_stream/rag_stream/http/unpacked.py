"""The body of an answer over httpx's connections, never unpacked to more than asked for.

httpx unpacks each piece at once, whatever it becomes: 64 KB of gzip are 64 MB.
"""

import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag_stream.http.response import HttpError

if TYPE_CHECKING:
    import httpx

PLAIN = {"accept-encoding": "identity"}
"""Headers that ask for no packing; what comes in gzip all the same is read."""
_STEP = 64 * 1024


class Unpacked:
    """The body as it arrives, in small pieces."""

    def __init__(self, answer: "httpx.Response") -> None:
        packing = answer.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise HttpError("a body that is packed in a way that was not asked for")
        self._unpack = None if packing in ("", "identity") else zlib.decompressobj(32 + 15)
        self._parts = answer.aiter_raw()
        self._pieces: Iterator[bytes] = iter(())

    async def arrived(self) -> bytes:
        """The next piece, b"" at the end. Raises HttpError, and what httpx raises."""
        while True:
            for piece in self._pieces:
                if piece:
                    return piece
            part = await anext(self._parts, b"")
            if not part or self._unpack is None:
                return part
            self._pieces = self._unpacked(self._unpack, part)

    @staticmethod
    def _unpacked(unpack: "zlib._Decompress", part: bytes) -> Iterator[bytes]:
        try:
            while part:
                yield unpack.decompress(part, _STEP)
                part = unpack.unconsumed_tail
        except zlib.error as error:
            raise HttpError("a body that cannot be unpacked") from error
