"""Clients that do not read or write, or vanish: they harm but themselves."""

import json
import random
import re
import time

import pytest

from tests.support.ending import ENDPOINTS, assert_quiet
from tests.support.faulty_model import FaultyModel
from tests.support.impatient import BODY_S, SEND_S, answered, question, works
from tests.support.processes import family, open_files
from tests.support.raw_client import connect, read_to_end, request, reset
from tests.support.service import Service

STREAMED = ("stream", "stream_log", "stream_events")


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
