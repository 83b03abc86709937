"""Clients that talk nonsense, or much at once: they harm but themselves."""

import re
import time

import pytest

from tests.support.ending import assert_quiet
from tests.support.faulty_model import FaultyModel
from tests.support.impatient import question
from tests.support.raw_client import connect, read_to_end, request
from tests.support.service import Service


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: -5",
        "Content-Length: five",
        "Content-Length: 5, 6",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 99999999999999999999999",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked, gzip",
        "Content-Length: 5",
        "Content-Length: 0",
        "X-Nothing: of its length",
        "Content-Length: 2000000",
    ],
)
def test_a_wrong_length_is_refused(service: Service, model: FaultyModel, head: str) -> None:
    before = len(model.calls)
    with connect(service.port) as link:
        lines = (
            f"POST /rag/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{head}\r\n\r\n"
        )
        link.sendall(lines.encode() + b'{"input": {"input": "What?"}}')
        reply = read_to_end(link)
    statuses = re.findall(rb"^HTTP/1\.1 (\d+)", reply, re.MULTILINE)
    assert statuses
    assert {*statuses} <= {b"400", b"408", b"411", b"413", b"422", b"501"}
    assert len(model.calls) == before
    assert b"Traceback" not in reply


@pytest.mark.parametrize(
    "garbage", [b"\x00\xff" * 500, b"GET\r\n\r\n", b"\r\n" * 2000 + b"x", b"{}" * 40_000]
)
@pytest.mark.parametrize("pause_s", [0, 0.05], ids=["at-once", "in-the-middle"])
def test_garbage_after_a_request_ends_it_at_the_latest(
    service: Service, model: FaultyModel, garbage: bytes, pause_s: float
) -> None:
    """Nobody can tell where the next request begins: the connection is not used any longer."""
    asked = question("fault:paced")
    with connect(service.port) as link:
        link.sendall(request(asked))
        if pause_s:
            model.wait_until(lambda: bool(model.asked(asked)))
        time.sleep(pause_s)
        link.sendall(garbage)
        reply = read_to_end(link)
    assert reply.startswith(b"HTTP/1.1 ")
    assert b"Traceback" not in reply


def test_requests_in_a_row_are_answered_in_a_row(service: Service) -> None:
    """All sent before the first answer is read, on one connection."""
    questions = [question(f"Which{number}") for number in range(5)]
    with connect(service.port) as link:
        link.sendall(b"".join(map(request, questions)))
        reply = b""
        while reply.count(b"event: end") < 5:
            part = link.recv(65_536)
            assert part, reply
            reply += part
    asked = re.findall(rb'data: \{"input":\s*"(Which\d)', reply)
    assert asked == [f"Which{number}".encode() for number in range(5)]


def test_nothing_unexpected_was_logged(service: Service) -> None:
    assert_quiet(service)
