"""Clients that do not read or write, or vanish, or talk nonsense: they harm but themselves."""

import json
import random
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from urllib.parse import urlsplit

import pytest

from tests.support.ending import ENDPOINTS, ask, assert_quiet
from tests.support.faulty_model import FaultyModel
from tests.support.processes import family, open_files
from tests.support.raw_client import connect, read_to_end, request, reset
from tests.support.served import over
from tests.support.service import Service

NUMBERS = count(1)
STREAMED = ("stream", "stream_log", "stream_events")
SEND_S = 1.0
BODY_S = 0.8
LIMITS = {
    "RAG_SEND_TIMEOUT_S": SEND_S,
    "RAG_BODY_TIMEOUT_S": BODY_S,
    "RAG_FIRST_TOKEN_TIMEOUT_S": 10,
    "RAG_TOKEN_TIMEOUT_S": 10,
}


@pytest.fixture(scope="module")
def model() -> Iterator[FaultyModel]:
    with FaultyModel() as model:
        yield model


@pytest.fixture(scope="module")
def service(model: FaultyModel, chroma_url: str) -> Iterator[Service]:
    with Service(env=over(model, chroma_url, **LIMITS)) as service:
        with ThreadPoolExecutor(8) as pool:  # it has done its first of everything
            list(pool.map(lambda endpoint: ask(service, question(), endpoint), ENDPOINTS * 3))
        yield service


@pytest.fixture(autouse=True)
def _nothing_is_left(service: Service, model: FaultyModel, chroma_url: str) -> Iterator[None]:
    """Of what a test does: no model at work, no file open, and the next question answered."""
    pids = family(service.process.pid)
    kept_for = {urlsplit(model.url).port or 0, urlsplit(chroma_url).port or 0}
    before = open_files(pids, kept_for=kept_for)
    yield
    model.wait_until(lambda: model.live == 0)
    model.wait_until(lambda: open_files(pids, kept_for=kept_for) <= before)
    for _ in range(2):
        works(service)


def question(text: str = "What") -> str:
    return f"{text} number {next(NUMBERS)}?"


def works(service: Service) -> None:
    ending = ask(service, question())
    assert (ending.code, ending.answer) == ("completed", "Hello from the faulty model.")


def answered(reply: bytes) -> int:
    """The status of the one HTTP answer in a reply."""
    assert reply.count(b"HTTP/1.1 ") == 1, reply
    return int(reply.split(b" ", 2)[1])


def test_a_slow_reader_gets_it_all(service: Service) -> None:
    """It takes far longer than nothing may be taken; and something is, all the time."""
    link = connect(service.port, small_buffer=True)
    link.sendall(request(question("fault:paced:100")))
    parts, begun = [], time.monotonic()
    while not parts or not parts[-1].endswith(b"0\r\n\r\n"):
        parts.append(link.recv(1500))
        assert parts[-1], "the connection ended before the answer did"
        time.sleep(0.03)
    link.close()
    assert time.monotonic() - begun > SEND_S
    text = b"".join(parts).decode()
    tokens = re.findall(r"token(\d+)", text)
    assert tokens == [str(number) for number in range(200)]
    assert "event: end" in text


@pytest.mark.parametrize("endpoint", STREAMED)
def test_who_never_reads_is_given_up_and_nobody_waits_for_it(
    service: Service, model: FaultyModel, endpoint: str
) -> None:
    asked = question("fault:flood")
    link = connect(service.port, small_buffer=True)
    link.sendall(request(asked, endpoint))
    model.wait_until(lambda: bool(model.asked(asked)))
    (call,) = model.asked(asked)
    while call.outcome == "live":
        works(service)
        assert time.monotonic() - call.asked < 20, "its model is still at work"
    assert call.outcome == "abandoned"
    assert call.ended is not None
    assert call.ended - call.asked >= SEND_S
    link.close()


@pytest.mark.parametrize("endpoint", ["invoke", "batch"])
def test_an_answer_in_one_piece_that_nobody_takes_is_given_up(
    service: Service, model: FaultyModel, endpoint: str
) -> None:
    asked = question("fault:megabyte:12000000")  # more than sockets hold
    with connect(service.port, small_buffer=True) as link:
        link.sendall(request(asked, endpoint))
        model.wait_until(lambda: bool(model.asked(asked)))
        pids = family(service.process.pid)
        held = open_files(pids)
        model.wait_until(lambda: model.live == 0)
        model.wait_until(lambda: open_files(pids) < held)
        works(service)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_half_a_body_is_waited_for_and_then_refused(service: Service, endpoint: str) -> None:
    with connect(service.port) as link:
        whole = request(question(), endpoint)
        begun = time.monotonic()
        link.sendall(whole[:-10])
        works(service)
        reply = read_to_end(link)
    assert BODY_S <= time.monotonic() - begun < BODY_S + 3
    assert answered(reply) == 408
    problem = json.loads(reply.partition(b"\r\n\r\n")[2])
    assert (problem["status_code"], problem["code"]) == (408, "body_timeout")


def test_a_body_that_comes_in_pieces_is_a_body(service: Service) -> None:
    """The limit is for the whole, and this one is within it."""
    with connect(service.port) as link:
        whole = request(question())
        for start in range(0, len(whole), 20):
            link.sendall(whole[start : start + 20])
            time.sleep(0.01)
        reply = b""
        while not reply.endswith(b"0\r\n\r\n"):
            reply += link.recv(65_536)
    assert answered(reply) == 200
    assert b"event: end" in reply


@pytest.mark.parametrize("crashes", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("sent", [20, 60, -10, -1], ids=["line", "head", "body", "nearly"])
def test_who_vanishes_within_the_request_costs_nothing(
    service: Service, model: FaultyModel, sent: int, crashes: bool
) -> None:
    before = len(model.calls)
    links = [connect(service.port) for _ in range(10)]
    for link in links:
        link.sendall(request(question())[:sent])
    works(service)
    for link in links:
        reset(link) if crashes else link.close()
    assert len(model.calls) == before + 1


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


def test_who_goes_while_the_model_is_at_work_stops_it(service: Service, model: FaultyModel) -> None:
    """At any moment, in either way, on any endpoint; and at once."""
    delays, moments = [], random.Random(time.time_ns())
    for number in range(30):
        asked = question("fault:paced")
        link = connect(service.port)
        link.sendall(request(asked, ENDPOINTS[number % 5]))
        model.wait_until(lambda asked=asked: bool(model.asked(asked)))  # type: ignore[misc]
        time.sleep(moments.uniform(0, 0.05))
        left = time.monotonic()
        reset(link) if number % 2 else link.close()
        (call,) = model.asked(asked)
        model.wait_until(lambda call=call: call.closed is not None)  # type: ignore[misc]
        assert call.outcome == "abandoned"
        assert call.closed is not None
        delays.append(call.closed - left)
    assert sorted(delays)[len(delays) // 2] < 0.1


def test_nothing_unexpected_was_logged(service: Service) -> None:
    assert_quiet(service)
