"""One caller wants all: others are served at once, and what it took comes back.

Callers are told apart by their address; the loopback has enough of them.
"""

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support import sse
from tests.support.ending import body_for
from tests.support.faulty_model import FaultyModel
from tests.support.raw_client import connect, read_to_end, request, reset
from tests.support.redis_server import RedisServer
from tests.support.served import over
from tests.support.service import Service

MOST, SPARE, UNREAD = 24, 8, 6
FLOOD = 1000
HERE, THERE = "127.0.0.1", "127.0.0.9"
CONTINUE = "X-On-Disconnect: continue\r\n"
SERVICES = ("one", "plain", "two")
LIMITS = {"RAG_MAX_STREAMS": MOST, "RAG_SPARE_STREAMS": SPARE, "RAG_MAX_UNREAD": UNREAD}


@pytest.fixture(scope="module")
def model() -> Iterator[FaultyModel]:
    with FaultyModel() as model:
        yield model


@pytest.fixture(scope="module")
def one(model: FaultyModel, chroma_url: str) -> Iterator[Service]:
    with Service(env=over(model, chroma_url, **LIMITS)) as service:
        yield service


@pytest.fixture(scope="module")
def plain(model: FaultyModel, chroma_url: str) -> Iterator[Service]:
    """One worker, by uvicorn's own command."""
    command = (sys.executable, "-m", "uvicorn", "app.server:app", "--port", "{port}")
    with Service(command, env=over(model, chroma_url, **LIMITS)) as service:
        yield service


@pytest.fixture(scope="module")
def two(model: FaultyModel, chroma_url: str) -> Iterator[Service]:
    with RedisServer() as redis:
        shared = {"WEB_CONCURRENCY": 2, "REDIS_URL": redis.url}
        with Service(env=over(model, chroma_url, **LIMITS, **shared)) as service:
            yield service


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest, model: FaultyModel) -> Iterator[Service]:
    service: Service = request.getfixturevalue(request.param)
    yield service
    model.wait_until(lambda: model.live == 0, timeout=30)  # whatever it was, it comes back


def workers(service: Service) -> int:
    return int(service.environment.get("WEB_CONCURRENCY", "1"))


def head_of(link: socket.socket) -> int:
    """The status of what is answered."""
    return int(link.recv(4096).split(b" ", 2)[1])


def answer_to(service: Service, source: str) -> bytes:
    with connect(service.port, source=source) as link:
        link.sendall(request("Which way?", headers="Connection: close\r\n"))
        return read_to_end(link)


def is_served(service: Service, source: str) -> bool:
    return answer_to(service, source).startswith(b"HTTP/1.1 200")


def first_word(service: Service, source: str) -> None:
    """Ask from there; the answer has to begin, and to be whole."""
    got = answer_to(service, source)
    assert got.startswith(b"HTTP/1.1 200"), got[:500]
    assert b'"answer"' in got
    assert b'"state":"completed"' in got, got[-500:]


def stop(service: Service, run_id: str) -> None:
    with connect(service.port) as link:
        head = f"DELETE /rag/runs/{run_id} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        link.sendall(head.encode())
        assert b" 204 " in read_to_end(link)


def flood(
    service: Service, stack: ExitStack, question: str, count: int, source: str = HERE
) -> list[int]:
    """So many streams from one address, which stay; the statuses they were answered with."""
    links = [
        stack.enter_context(connect(service.port, source=source, small_buffer=True))
        for _ in range(count)
    ]
    for link in links:
        link.sendall(request(question))
    return [head_of(link) for link in links]


@pytest.mark.parametrize(
    ("service", "endpoint"),
    [
        *((name, "stream") for name in SERVICES),
        ("one", "stream_log"),
        ("one", "stream_events"),
    ],
    indirect=["service"],
)
def test_a_thousand_runs_that_go_on_alone_take_no_place_from_anybody(
    service: Service, model: FaultyModel, endpoint: str
) -> None:
    for number in range(FLOOD):
        link = connect(service.port)
        link.sendall(request(f"fault:paced:40 {endpoint}", endpoint, CONTINUE))
        reset(link) if number % 2 else link.close()
    first_word(service, THERE)
    model.wait_until(lambda: is_served(service, HERE))  # some of it may not have been read yet
    model.wait_until(lambda: model.live <= UNREAD * workers(service))
    for source in (HERE, THERE):
        first_word(service, source)


def test_it_is_so_for_those_who_have_read_a_little(service: Service, model: FaultyModel) -> None:
    for _ in range(3 * MOST):
        with connect(service.port) as link:
            link.sendall(request("fault:paced:20 a little", headers=CONTINUE))
            link.recv(16)
    first_word(service, THERE)
    model.wait_until(lambda: is_served(service, HERE))
    model.wait_until(lambda: 0 < model.live <= UNREAD * workers(service))
    for source in (HERE, THERE):
        first_word(service, source)


@pytest.mark.parametrize("fault", ["fault:paced:40", "fault:flood"], ids=["read", "not read"])
def test_a_flood_of_streams_keeps_nobody_else_out(
    service: Service, model: FaultyModel, fault: str
) -> None:
    with ExitStack() as stack:
        statuses = flood(service, stack, fault, 8 * MOST)
        # Of two workers the kernel chooses which one gets a connection.
        assert MOST <= statuses.count(200) <= MOST * workers(service)
        assert statuses.count(503) == len(statuses) - statuses.count(200)
        for _ in range(5):
            first_word(service, THERE)
        # Nor do several who flood.
        for number in range(3):
            flood(service, stack, fault, 2 * MOST, f"127.0.1.{number}")
        assert model.live <= (MOST + SPARE) * workers(service)
        for _ in range(3):
            first_word(service, THERE)
    model.wait_until(lambda: model.live == 0, timeout=30)
    for _ in range(3):
        first_word(service, HERE)


def test_a_batch_counts_for_what_it_asks_at_a_time(service: Service, model: FaultyModel) -> None:
    body = json.dumps({"inputs": [{"input": f"fault:paced:50 number {n}"} for n in range(40)]})
    head = "POST /rag/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    with ExitStack() as stack:
        links = [stack.enter_context(connect(service.port)) for _ in range(8 * workers(service))]
        for link in links:
            link.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        model.wait_until(lambda: model.live >= MOST, timeout=30)
        first_word(service, THERE)
        assert model.live <= MOST * workers(service) + 1


def begin(service: Service, question: str) -> str:
    """Begin a run that goes on, read its first event and leave."""
    url, body = f"{service.url}/rag/stream", body_for(question, "stream")
    with sse.post(url, body, headers={"X-On-Disconnect": "continue"}) as stream:
        run_id = str(next(iter(stream)).json()["run_id"])
        stream.abort()
    return run_id


def events_of(service: Service, run_id: str) -> list[sse.Event]:
    with sse.get(f"{service.url}/rag/runs/{run_id}/stream") as stream:
        return [event for event in stream if event.comment is None]


@pytest.mark.parametrize("service", ["one", "two"], indirect=True)
def test_who_comes_back_to_a_run_that_gave_its_place_is_told_so(
    service: Service, model: FaultyModel
) -> None:
    run_ids = [begin(service, f"fault:paced:40 come back {number}") for number in range(3 * MOST)]
    model.wait_until(lambda: 0 < model.live <= UNREAD * workers(service))
    last = [events_of(service, run_id)[-1] for run_id in run_ids[:UNREAD]]
    for event in last:
        told = event.json()
        assert (event.event, told["code"], told["status_code"]) == ("error", "cancelled", 499)
        assert f"RAG_MAX_UNREAD is {UNREAD}" in told["message"]
    assert events_of(service, run_ids[-1])[-1].event == "end"
    assert events_of(service, run_ids[-1])[-2].json()["status"]["state"] == "completed"


def test_a_run_that_is_read_again_is_safe_from_those_that_are_not(
    one: Service, model: FaultyModel
) -> None:
    run_id = begin(one, "fault:paced:40 precious")
    with sse.get(f"{one.url}/rag/runs/{run_id}/stream") as stream:
        events = iter(stream)
        next(events)
        for number in range(2 * UNREAD):
            begin(one, f"fault:paced:40 in vain {number}")
        model.wait_until(lambda: model.live <= UNREAD + 1)
        rest = [event for event in events if event.comment is None]
    assert rest[-1].event == "end"
    model.wait_until(lambda: model.live == 0, timeout=30)
