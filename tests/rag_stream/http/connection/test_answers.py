"""Answers however they are framed and cut, and such as break off."""

import asyncio

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_stream.http.connection import head
from rag_stream.http.response import BrokenOffError, TimedOutError
from tests.support.http_ends import ASK, CHUNKED, SIZED, UNSIZED, Ends, answered


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


@pytest.mark.parametrize("value", [b"a\r\nEvil: yes", b"a\nb", b"a\rb"])
def test_a_header_cannot_start_another_line(value: bytes) -> None:
    with pytest.raises(ValueError, match="without line breaks"):
        head(b"GET", b"/", [(b"A", value)])


def test_a_head_is_what_http_says() -> None:
    headers = [(b"Host", b"x"), (b"A", b"")]
    assert head(b"POST", b"/p?q=1", headers) == b"POST /p?q=1 HTTP/1.1\r\nHost: x\r\nA: \r\n\r\n"
