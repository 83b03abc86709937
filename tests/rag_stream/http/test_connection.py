"""One connection: answers however they are framed and cut, failures, pauses."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_stream.http.connection import MOST_FRAMING, MOST_HEADERS, Connection, head
from rag_stream.http.response import (
    MOST_BUFFERED,
    BrokenOffError,
    HttpError,
    Response,
    TimedOutError,
    TooLongError,
)
from tests.support.raw_server import raw_server, read_request

ASK = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


def ignore(connection: Connection) -> None: ...


class Ends:
    """A connection and the far end of its socket."""

    def __init__(self) -> None:
        self.idle: list[Connection] = []
        self.lost: list[Connection] = []

    @asynccontextmanager
    async def joined(self) -> AsyncIterator[tuple[Connection, socket.socket]]:
        near, far = socket.socketpair()
        far.setblocking(False)
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            lambda: Connection(on_open=ignore, on_idle=self.idle.append, on_lost=self.lost.append),
            sock=near,
        )
        try:
            yield connection, far
        finally:
            far.close()
            connection.abort()
            while not self.lost:  # noqa: ASYNC110
                await asyncio.sleep(0)


async def answered(pieces: Sequence[bytes], *, then_close: bool = False) -> tuple[Response, bytes]:
    """The response to these bytes and its body."""
    async with Ends().joined() as (connection, far):

        async def write() -> None:
            for piece in pieces:
                await asyncio.get_running_loop().sock_sendall(far, piece)
                await asyncio.sleep(0)
            if then_close:
                far.shutdown(socket.SHUT_WR)

        writing = asyncio.create_task(write())
        response = await connection.exchange(ASK, 5.0)
        body = await response.read(10_000_000)
        await writing
        return response, body


CHUNKED = (
    b"HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
)
SIZED = b"HTTP/1.1 201 Created\r\nA: b\r\nContent-Length: 5\r\n\r\nabcde"
UNSIZED = b"HTTP/1.1 404 Not Found\r\nA: b\r\n\r\nabcde"


@pytest.mark.parametrize(
    ("wire", "status"),
    [(CHUNKED, 200), (SIZED, 201), (b"HTTP/1.1 100 Continue\r\n\r\n" + SIZED, 201)],
)
@given(data=st.data())
@settings(max_examples=25)
def test_an_answer_is_the_same_however_it_is_cut(
    wire: bytes, status: int, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=6)))
    pieces = [wire[a:b] for a, b in zip([0, *cuts], [*cuts, len(wire)], strict=True) if a < b]
    response, body = asyncio.run(answered(pieces))
    assert (response.status, response.headers[0], body) == (status, (b"A", b"b"), b"abcde")


async def test_a_body_without_a_length_ends_with_the_connection() -> None:
    response, body = await answered([UNSIZED[:-2], UNSIZED[-2:]], then_close=True)
    assert (response.status, body) == (404, b"abcde")


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
async def test_an_answer_without_a_body_ends_with_its_head(status: bytes) -> None:
    response, body = await answered([b"HTTP/1.1 " + status + b"\r\n\r\n"])
    assert (response.status, body) == (int(status[:3]), b"")


@pytest.mark.parametrize("cut", [0, 10, len(CHUNKED) - 30, len(CHUNKED) - 1])
async def test_an_answer_that_breaks_off_is_an_error(cut: int) -> None:
    with pytest.raises(BrokenOffError, match="ended before"):
        await answered([CHUNKED[:cut]] if cut else [], then_close=True)


@pytest.mark.parametrize("wire", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n"])
async def test_what_is_not_http_is_an_error(wire: bytes) -> None:
    with pytest.raises(BrokenOffError, match="expected an HTTP answer"):
        await answered([wire])


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_connection_that_ended_before_it_was_used_is_one_broken_off(loop: str) -> None:
    """A server that goes down may take a connection and end it in the same moment."""

    async def main() -> None:
        ends = Ends()
        async with ends.joined() as (connection, far):
            far.close()
            while not ends.lost:  # noqa: ASYNC110
                await asyncio.sleep(0)
            with pytest.raises(BrokenOffError, match="before a request could be sent"):
                await connection.exchange(ASK, 5.0)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop if loop == "uvloop" else None) as runner:
        runner.run(main())


async def test_what_came_before_the_break_is_handed_on_first() -> None:
    async with Ends().joined() as (connection, far):
        far.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
        response = await connection.exchange(ASK, 5.0)
        far.close()
        assert await response.arrived() == b"abc"
        with pytest.raises(BrokenOffError):
            await response.arrived()


async def test_silence_times_out_wherever_it_comes() -> None:
    for sent in (b"", CHUNKED[:20], CHUNKED[:-8]):
        async with Ends().joined() as (connection, far):
            far.send(sent or b"H")
            with pytest.raises(TimedOutError, match=r"no data for 0\.05 s") as caught:
                await (await connection.exchange(ASK, 0.05)).read(10_000_000)
            assert not caught.value.connecting


async def test_a_connection_serves_one_request_after_another() -> None:
    ends = Ends()
    async with ends.joined() as (connection, far):
        for wire, body in [(SIZED, b"abcde"), (CHUNKED, b"abcde")] * 2:
            far.send(wire)
            assert await (await connection.exchange(ASK, 5.0)).read(10_000_000) == body
        assert ends.idle == [connection] * 4
        assert connection.is_open


async def test_a_request_may_follow_while_the_last_reader_has_yet_to_wake() -> None:
    # The answer is complete before its reader runs again: the connection is free by then.
    async with Ends().joined() as (connection, far):
        first = asyncio.create_task(connection.exchange(ASK, 5.0))
        await asyncio.sleep(0)
        seconds: list[asyncio.Task[Response]] = []

        def follow(free: Connection) -> None:
            if not seconds:
                seconds.append(asyncio.create_task(free.exchange(ASK, 5.0)))

        connection._on_idle = follow
        far.send(SIZED)
        assert await (await first).read(10_000_000) == b"abcde"
        far.send(SIZED.replace(b"abcde", b"fghij"))
        assert await (await seconds[0]).read(10_000_000) == b"fghij"


@pytest.mark.parametrize("wire", [SIZED.replace(b"A: b", b"Connection: close"), SIZED + b"more"])
async def test_a_connection_that_cannot_stay_is_ended(wire: bytes) -> None:
    ends = Ends()
    async with ends.joined() as (connection, far):
        far.send(wire)
        assert await (await connection.exchange(ASK, 5.0)).read(10_000_000) == b"abcde"
        while not ends.lost:  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_bytes_nobody_asked_for_end_it() -> None:
    ends = Ends()
    async with ends.joined() as (_, far):
        far.send(SIZED)
        while not ends.lost:  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_closing_an_answer_half_read_ends_the_connection() -> None:
    ends = Ends()
    async with ends.joined() as (connection, far):
        far.send(CHUNKED[:-5])
        (await connection.exchange(ASK, 5.0)).close()
        assert not connection.is_open


async def test_leaving_an_answer_that_is_about_to_end_spares_the_connection() -> None:
    ends = Ends()
    async with ends.joined() as (connection, far):
        far.send(CHUNKED[:-5])
        response = await connection.exchange(ASK, 5.0)
        response.leave()
        response.close()
        far.send(CHUNKED[-5:])
        while not ends.idle:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert connection.is_open


async def test_leaving_an_answer_that_goes_on_ends_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rag_stream.http.response.LEFT_S", 0.02)
    ends = Ends()
    async with ends.joined() as (connection, far):
        far.send(CHUNKED[:-5])
        response = await connection.exchange(ASK, 5.0)
        response.leave()
        response.close()
        while not ends.lost:  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_what_is_held_stays_in_the_socket_and_comes_in_one() -> None:
    async with Ends().joined() as (connection, far):
        far.send(CHUNKED[:-5])
        response = await connection.exchange(ASK, 5.0)
        await response.arrived()
        response.hold()
        for _ in range(3):
            far.send(b"1\r\nx\r\n")
            await asyncio.sleep(0.01)
        assert response._parts == []
        response.release()
        assert await response.arrived() == b"xxx"


async def test_a_reader_that_falls_behind_holds_the_sender_back() -> None:
    sent = 0

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500000000\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536

    async with raw_server(pour) as port:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            lambda: Connection(on_open=ignore, on_idle=ignore, on_lost=ignore),
            "127.0.0.1",
            port,
        )
        response = await connection.exchange(ASK, 5.0)
        before = -1
        while before != sent:  # until nothing more is taken from the sender
            before = sent
            await asyncio.sleep(0.1)
        assert response._buffered <= MOST_BUFFERED + 300_000  # and one read of the socket
        stuck = sent
        while sent == stuck:
            await response.arrived()
        response.close()


@pytest.mark.parametrize("value", [b"a\r\nEvil: yes", b"a\nb", b"a\rb"])
def test_a_header_cannot_start_another_line(value: bytes) -> None:
    with pytest.raises(ValueError, match="without line breaks"):
        head(b"GET", b"/", [(b"A", value)])


def test_a_head_is_what_http_says() -> None:
    headers = [(b"Host", b"x"), (b"A", b"")]
    assert head(b"POST", b"/p?q=1", headers) == b"POST /p?q=1 HTTP/1.1\r\nHost: x\r\nA: \r\n\r\n"


A_LOT = 2_000_000
SOME = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"


@pytest.mark.parametrize(
    ("begin", "piece", "words"),
    [
        (b"", b"H", "expected an HTTP answer"),
        (b"HTTP/1.1 200 ", b"a" * 999, f"more than {MOST_FRAMING} bytes of headers"),
        (b"HTTP/1.1 200 OK\r\n", b"a" * 999, f"more than {MOST_FRAMING} bytes of headers"),
        (b"HTTP/1.1 200 OK\r\na: ", b"a" * 999, f"more than {MOST_FRAMING} bytes of headers"),
        (b"HTTP/1.1 200 OK\r\n", b"a:\r\n" * 9, f"more than {MOST_HEADERS} headers"),
        (b"", b"HTTP/1.1 103 Early\r\na:b\r\n\r\n", f"more than {MOST_FRAMING} bytes of headers"),
        (SOME + b"3;", b"a" * 999, f"more than {MOST_FRAMING} bytes of headers"),
        (SOME, b"0" * 999, f"more than {MOST_FRAMING} bytes of headers|expected an HTTP answer"),
        (SOME + b"0\r\n", b"a:\r\n" * 9, f"more than {MOST_HEADERS} headers"),
        (SOME + b"0\r\na:", b"b" * 999, f"more than {MOST_FRAMING} bytes of headers"),
    ],
)
async def test_what_frames_an_answer_has_an_end(begin: bytes, piece: bytes, words: str) -> None:
    async with Ends().joined() as (connection, far):
        loop = asyncio.get_running_loop()
        sent = 0

        async def write() -> None:
            nonlocal sent
            with suppress(OSError):
                await loop.sock_sendall(far, begin)
                while sent < A_LOT:
                    await loop.sock_sendall(far, piece)
                    sent += len(piece)
                far.shutdown(socket.SHUT_WR)

        async def read() -> None:
            await (await connection.exchange(ASK, 5.0)).read(10_000)

        writing = asyncio.create_task(write())
        with pytest.raises(HttpError, match=words):
            await read()
        await writing
        assert sent < A_LOT


async def test_pieces_between_framing_add_up_to_nothing() -> None:
    wire = SOME + b"".join(b"1;%b\r\nx\r\n" % (b"a" * 1_000) for _ in range(500)) + b"0\r\n\r\n"
    _, body = await answered([wire])
    assert len(body) == 503


async def test_a_body_that_is_read_whole_has_an_end() -> None:
    async with Ends().joined() as (connection, far):
        far.send(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nabcdefghijk")
        response = await connection.exchange(ASK, 5.0)
        with pytest.raises(TooLongError, match="^a body of more than 10 bytes$"):
            await response.read(10)
