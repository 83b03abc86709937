"""Unpacking what may be made to unpack to gigabytes. Pure, and never more than is allowed."""

import zlib
from collections.abc import Iterator
from typing import Protocol

PIECE = 256 * 1024
"""Bytes unpacked in one step, a millisecond's work."""

CODINGS = "gzip, deflate"
"""What `unpacker` knows, as Accept-Encoding has it. Others would be without a bound on one step
(zstd: 122 KB to 4.3 GB) or need a package more."""

_PACKING = {"gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress"}
_GZIP = zlib.MAX_WBITS | 16


class DamagedError(Exception):
    """It is not what it says it is."""


class Unpacker(Protocol):
    """Unpacks what it is fed, in pieces of at most `PIECE` bytes. Raises DamagedError."""

    done: bool
    """Nothing that is fed from here on belongs to it."""

    def feed(self, data: bytes) -> Iterator[bytes]: ...


def codings_of(header: str) -> list[str]:
    """What a Content-Encoding says the body was packed with, in that order.

    Servers also put there what packs nothing: `utf-8`, `none`, an S3 upload's `aws-chunked`.
    """
    tokens = (token.strip().lower() for token in header.split(","))
    return [token for token in tokens if token in _PACKING]


def unpacker(coding: str) -> Unpacker | None:
    """The unpacker for one content coding; None for one that is unknown."""
    match coding:
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Packed(_GZIP)
        case "deflate":
            return _Packed(zlib.MAX_WBITS, or_else=-zlib.MAX_WBITS)
        case _:
            return None


class _Plain:
    done = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data


class _Packed:
    """zlib's stream. `or_else`: some servers send deflate without zlib's own frame."""

    def __init__(self, bits: int, or_else: int | None = None) -> None:
        self.done = False
        self._stream = zlib.decompressobj(bits)
        self._or_else = or_else

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            piece = self._step(data)
            # More may stand ready without any input left: then the piece is full.
            data = self._stream.unconsumed_tail
            self.done = self._stream.eof
            if piece:
                yield piece
            while len(piece) == PIECE and not data and not self.done:
                if piece := self._step(b""):
                    yield piece
                self.done = self._stream.eof
            if self.done:
                return

    def _step(self, data: bytes) -> bytes:
        try:
            piece = self._stream.decompress(data, PIECE)
        except zlib.error:
            if self._or_else is None:
                raise DamagedError from None
            self._stream, self._or_else = zlib.decompressobj(self._or_else), None
            return self._step(data)
        if piece:
            self._or_else = None
        return piece
