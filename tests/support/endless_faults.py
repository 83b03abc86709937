"""What a model's server may send without an end: one function a fault, by its name."""

import gzip

from tests.support.exchange import Exchange
from tests.support.fault import BEFORE, Faults

ENDLESS = Faults()

A_LOT = 100 * 1024 * 1024
"""Bytes after which what does not end is given up, should anybody still read it."""
_PIECE = b"a" * 65_536


async def _endless(exchange: Exchange, piece: bytes = _PIECE) -> None:
    for _ in range(A_LOT // len(piece)):
        await exchange.raw(piece)


@ENDLESS.take
async def endless_status_line(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 200 ")
    await _endless(exchange)


@ENDLESS.take
async def endless_header(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 200 OK\r\nx-much: ")
    await _endless(exchange)


@ENDLESS.take
async def endless_headers(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 200 OK\r\n")
    await _endless(exchange, b"a:b\r\n" * 10_000)


@ENDLESS.take
async def endless_interim(exchange: Exchange) -> None:
    await _endless(exchange, b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000)


@ENDLESS.take
async def endless_chunk_size(exchange: Exchange) -> None:
    await exchange.begin(*BEFORE)
    await exchange.raw(b"5;x=")
    await _endless(exchange)


@ENDLESS.take
async def endless_trailers(exchange: Exchange) -> None:
    await exchange.begin(*BEFORE)
    await exchange.raw(b"0\r\n")
    await _endless(exchange, b"a:b\r\n" * 10_000)


@ENDLESS.take
async def endless_line(exchange: Exchange) -> None:
    await exchange.head()
    for _ in range(A_LOT // len(_PIECE)):
        await exchange.part(_PIECE)


@ENDLESS.take
async def endless_frame(exchange: Exchange) -> None:
    """After an answer's first tokens, a token that does not end."""
    await exchange.begin(*BEFORE)
    await exchange.part(exchange.chat.piece("X").partition(b"X")[0])
    for _ in range(A_LOT // len(_PIECE)):
        await exchange.part(_PIECE)


@ENDLESS.take
async def packed_line(exchange: Exchange) -> None:
    """A line of 100 MB, in 100 KB."""
    packed = gzip.compress(b"a" * A_LOT)
    await exchange.whole(200, "text/event-stream", packed, content_encoding="gzip")


@ENDLESS.take
async def packed_error(exchange: Exchange) -> None:
    packed = gzip.compress(b"a" * A_LOT)
    await exchange.whole(500, "text/plain", packed, content_encoding="gzip")


@ENDLESS.take
async def endless_error(exchange: Exchange) -> None:
    await exchange.head(401, "application/json")
    for _ in range(A_LOT // len(_PIECE)):
        await exchange.part(_PIECE)
