"""What a model's server can do wrong, byte by byte: one function a fault, by its name.

A number may follow the name in a question ("fault:slow_headers:0.3"); what it counts stands
with the fault. Every error text holds SECRET, which no client of the service may ever see.
"""

import asyncio

from tests.support import openai_wire as wire
from tests.support.endless_faults import ENDLESS
from tests.support.exchange import Exchange
from tests.support.fault import BEFORE, SECRET, Fault, Faults
from tests.support.waiting_faults import WAITING

FORGED = "no more\nrun 0 failed, stage forged: x\r\n"
HTML = f"<html><title>502 Bad Gateway</title><h1>nginx: {SECRET}</h1></html>".encode()
BIG = 1_000_000
MANY = 100_000
_PAUSE_S = 0.03  # what is sent after it arrives in a segment of its own


FAULTS = Faults({**ENDLESS, **WAITING})


def _status(status: int, message: str = SECRET, **headers: str) -> Fault:
    async def answer(exchange: Exchange) -> None:
        await asyncio.sleep(exchange.number or 0)
        await exchange.json(status, wire.error(status, message), **headers)

    return answer


for _code in (400, 401, 403, 404, 500, 503):
    FAULTS[f"status_{_code}"] = _status(_code)
FAULTS["status_429"] = _status(429, retry_after="7")
FAULTS["status_429_plain"] = _status(429)
FAULTS["status_500_lines"] = _status(500, FORGED)
FAULTS["status_429_soon"] = _status(429, retry_after="0")


@FAULTS.take
async def refuse(exchange: Exchange) -> None:
    """No answer: the request is there, and the connection is reset."""
    await exchange.reset()


@FAULTS.take
async def html_error(exchange: Exchange) -> None:
    await exchange.whole(502, "text/html", HTML)


@FAULTS.take
async def html_page(exchange: Exchange) -> None:
    """Something that is no model says that all is well."""
    await exchange.whole(200, "text/html", HTML)


@FAULTS.take
async def flood(exchange: Exchange) -> None:
    """Text without an end, as fast as it is taken."""
    await exchange.begin()
    frames = exchange.chat.piece("a" * 399 + " ") * 20
    while True:
        await exchange.part(frames)
        await asyncio.sleep(0)


@FAULTS.take
async def drop_before_token_rst(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.reset()


@FAULTS.take
async def drop_before_token_fin(exchange: Exchange) -> None:
    await exchange.begin()


@FAULTS.take
async def drop_middle_rst(exchange: Exchange) -> None:
    await exchange.begin(*BEFORE)
    await exchange.reset()


@FAULTS.take
async def drop_middle_fin(exchange: Exchange) -> None:
    await exchange.begin(*BEFORE)


@FAULTS.take
async def drop_in_chunk(exchange: Exchange) -> None:
    """The chunk says more than what comes of it, and its frame stops half way."""
    await exchange.begin(*BEFORE)
    frame = exchange.chat.piece(" four")
    await exchange.raw(b"%x\r\n%b" % (len(frame), frame[: len(frame) // 2]))


@FAULTS.take
async def bad_json(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.part(b'data: {"choices": [{"delta": \n\n')
    await exchange.finish()


@FAULTS.take
async def bad_json_middle(exchange: Exchange) -> None:
    await exchange.begin(*BEFORE)
    await exchange.part(b'data: {"choices": [{"delta": ' + SECRET.encode() + b"\n\n")
    await exchange.finish()


@FAULTS.take
async def half_character(exchange: Exchange) -> None:
    """The stream ends, properly as HTTP goes, inside a character."""
    await exchange.begin(*BEFORE)
    before, _, _ = exchange.chat.piece("€").partition("€".encode())
    await exchange.part(before + "€".encode()[:2])
    await exchange.end()


@FAULTS.take
async def split_character(exchange: Exchange) -> None:
    """Nothing wrong: characters come in two segments, and in two chunks."""
    await exchange.begin()
    for text in ("€", "👩"):
        before, character, after = exchange.chat.piece(text).partition(text.encode())
        await exchange.part(before + character[:1])
        await asyncio.sleep(_PAUSE_S)
        await exchange.part(character[1:-1])
        await asyncio.sleep(_PAUSE_S)
        await exchange.part(character[-1:] + after)
    await exchange.finish()


@FAULTS.take
async def one_byte(exchange: Exchange) -> None:
    """Nothing wrong: an answer in segments of one byte each."""
    await exchange.head()
    frames = [exchange.chat.first(), *map(exchange.chat.piece, BEFORE), exchange.chat.last("stop")]
    for byte in b"".join([*frames, wire.DONE]):
        await exchange.part(bytes([byte]))
        await asyncio.sleep(0)
    await exchange.end()


@FAULTS.take
async def empty_stream(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.end()


@FAULTS.take
async def no_finish(exchange: Exchange) -> None:
    """A clean end, but nothing said that the answer has ended."""
    await exchange.begin(*BEFORE)
    await exchange.end()


@FAULTS.take
async def no_finish_but_done(exchange: Exchange) -> None:
    await exchange.begin(*BEFORE)
    await exchange.part(wire.DONE)
    await exchange.end()


@FAULTS.take
async def no_done(exchange: Exchange) -> None:
    await exchange.begin(*BEFORE)
    await exchange.part(exchange.chat.last("stop"))
    await exchange.end()


@FAULTS.take
async def error_before(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.part(exchange.chat.failure(SECRET))
    await exchange.end()


@FAULTS.take
async def error_middle(exchange: Exchange) -> None:
    await exchange.begin(*BEFORE)
    await exchange.part(exchange.chat.failure(SECRET))
    await exchange.end()


@FAULTS.take
async def megabyte(exchange: Exchange) -> None:
    """One token of so many characters."""
    await exchange.begin("x" * int(exchange.number or BIG))
    await exchange.finish()


@FAULTS.take
async def many_tokens(exchange: Exchange) -> None:
    await exchange.begin()
    frames = [exchange.chat.piece(f"{number % 10} ") for number in range(10)]
    for _ in range(int(exchange.number or MANY) // 100):
        await exchange.part(b"".join(frames) * 10)
    await exchange.finish()


@FAULTS.take
async def length(exchange: Exchange) -> None:
    await exchange.begin(*BEFORE)
    await exchange.finish("length")


@FAULTS.take
async def content_filter(exchange: Exchange) -> None:
    await exchange.begin(*BEFORE)
    await exchange.finish("content_filter")


@FAULTS.take
async def length_too_long(exchange: Exchange) -> None:
    """Promises more bytes than it sends."""
    await exchange.head(content_length="100000")
    await exchange.raw(b"".join(map(exchange.chat.piece, BEFORE)))


@FAULTS.take
async def length_too_short(exchange: Exchange) -> None:
    """Sends more bytes than it promised: the rest belongs to no answer."""
    frames = b"".join(map(exchange.chat.piece, BEFORE))
    await exchange.head(content_length=str(len(frames)))
    await exchange.raw(frames + exchange.chat.last("stop") + wire.DONE)
    exchange.is_whole = True
