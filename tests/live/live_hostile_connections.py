"""Connections that are no good: heads without end, half ones, upgrades, far too many."""

import json
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support import sse
from tests.support.ending import ask, body_for
from tests.support.faulty_model import FaultyModel
from tests.support.processes import family
from tests.support.raw_client import connect, read_to_end, request
from tests.support.served import over
from tests.support.service import APP, Service

HEAD_S = 0.8
MOST = 200
DESCRIPTORS = 256
QUESTION = "What is it?"


@pytest.fixture(scope="module")
def model() -> Iterator[FaultyModel]:
    with FaultyModel() as model:
        yield model


@pytest.fixture(scope="module")
def environment(model: FaultyModel, chroma_url: str) -> dict[str, str]:
    return over(
        model,
        chroma_url,
        RAG_HEAD_TIMEOUT_S=HEAD_S,
        RAG_MAX_CONNECTIONS_PER_ADDRESS=MOST,
        RAG_SEND_TIMEOUT_S=5,
    )


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def service(environment: dict[str, str], request: pytest.FixtureRequest) -> Iterator[Service]:
    with Service(env={**environment, "WEB_CONCURRENCY": str(request.param)}) as service:
        yield service


@pytest.fixture(autouse=True)
def _still_works(service: Service) -> Iterator[None]:
    yield
    assert ask(service, QUESTION).code == "completed"


def replies(reply: bytes) -> list[tuple[int, bytes]]:
    """Status and head of each response in what came back on a connection."""
    parts = reply.split(b"HTTP/1.1 ")
    assert parts[0] == b""
    return [(int(part[:3]), part) for part in parts[1:]]


def problem(reply: bytes) -> dict[str, Any]:
    ((_, only),) = replies(reply)
    value: dict[str, Any] = json.loads(only.partition(b"\r\n\r\n")[2])
    return value


def send_all_taken(link: socket.socket, parts: Iterator[bytes], most: int) -> int:
    """Send until the other end has had enough; returns how much it took."""
    sent = 0
    try:
        for part in parts:
            link.sendall(part)
            sent += len(part)
            if sent > most:
                break
    except ConnectionError:
        pass
    return sent


def memory_of(service: Service) -> int:
    """Resident bytes of all its processes."""
    total = 0
    for pid in family(service.process.pid):
        pages = Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]
        total += int(pages) * resource.getpagesize()
    return total


# Heads


@pytest.mark.parametrize(
    "head",
    [
        b"".join(b"X-%d: y\r\n" % number for number in range(101)),
        b"X: " + b"y" * 66_000 + b"\r\n",
        b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(66)),
    ],
    ids=["many", "long", "many and long"],
)
def test_a_head_beyond_the_bounds_is_431(service: Service, head: bytes) -> None:
    with connect(service.port) as link:
        link.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n" + head + b"\r\n")
        reply = read_to_end(link)
    assert [status for status, _ in replies(reply)] == [431]
    assert problem(reply)["code"] == "head_too_large"
    assert b"connection: close" in reply


def test_a_long_address_is_431(service: Service) -> None:
    with connect(service.port) as link:
        link.sendall(b"GET /" + b"y" * 70_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert problem(read_to_end(link))["status_code"] == 431


def test_a_head_within_the_bounds_is_taken(service: Service) -> None:
    many = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 600) for number in range(98))
    with connect(service.port) as link:
        link.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n" + many)
        link.sendall(b"Connection: close\r\n\r\n")
        assert [status for status, _ in replies(read_to_end(link))] == [200]


@pytest.mark.parametrize("kind", ["one value", "many headers", "address", "trailer", "extension"])
def test_what_has_no_end_is_not_kept(service: Service, kind: str) -> None:
    """Sent as fast as it is taken; what is told of it, if it gets through, is 431."""
    asked = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    chunked = b"POST /rag/invoke HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    begin, part = {
        "one value": (asked + b"X: ", b"y" * 65_536),
        "many headers": (asked, b"X: y\r\n" * 10_000),
        "address": (b"GET /", b"y" * 65_536),
        "trailer": (chunked + b"2\r\n{}\r\n0\r\nX: ", b"y" * 65_536),
        "extension": (chunked + b"2;", b"y" * 65_536),
    }[kind]
    before = memory_of(service)

    def parts() -> Iterator[bytes]:
        yield begin
        while True:
            yield part

    with connect(service.port) as link:
        sent = send_all_taken(link, parts(), 40_000_000)
        reply = read_to_end(link) if sent < 40_000_000 else b""
    assert sent < 40_000_000, "it was taken without an end"
    if reply:
        assert problem(reply)["status_code"] == 431
    assert memory_of(service) - before < 60_000_000


def test_what_follows_a_body_is_no_header(service: Service) -> None:
    body = json.dumps(body_for(QUESTION, "invoke")).encode()
    asked = b"POST /rag/invoke HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    asked += b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n" % (len(body), body)
    with connect(service.port) as link:
        link.sendall(asked + b"X-On-Disconnect: perhaps\r\n\r\n")
        assert [status for status, _ in replies(read_to_end(link))] == [200]


# Waiting


@pytest.mark.parametrize(
    "half",
    [
        b"",
        b"\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        b"POST /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{",
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /h",
    ],
    ids=["nothing", "a blank line", "half a head", "half a body", "half a second head"],
)
def test_who_sends_half_is_not_waited_for(service: Service, half: bytes) -> None:
    with connect(service.port) as link:
        link.sendall(half)
        read_to_end(link)  # raises after 30 s


@pytest.mark.parametrize("slow", ["head", "body"])
def test_sending_a_byte_now_and_then_does_not_help(service: Service, slow: str) -> None:
    begin = {
        "head": b"GET /healthz HTTP/1.1\r\nX: ",
        "body": b"POST /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\n",
    }[slow]
    with connect(service.port) as link:
        link.sendall(begin)
        begun = time.monotonic()
        try:
            while time.monotonic() - begun < 20:
                link.sendall(b"y")
                time.sleep(0.05)
        except ConnectionError:
            pass
        assert time.monotonic() - begun < 20, "it is kept for as long as it trickles"


def test_a_connection_may_be_used_again(service: Service) -> None:
    with httpx.Client(base_url=service.url, trust_env=False) as client:
        for _ in range(3):
            assert client.get("/healthz").status_code == 200
            time.sleep(HEAD_S)


def test_a_long_stream_is_not_hurried(service: Service) -> None:
    with sse.post(f"{service.url}/rag/stream", body_for("fault:paced:20", "stream")) as stream:
        events = list(stream)
    assert events[-1].event == "end"


# Many


def test_an_address_has_so_many_connections_and_no_more(
    environment: dict[str, str], service: Service
) -> None:
    with Service(env={**environment, "RAG_MAX_CONNECTIONS_PER_ADDRESS": "3"}) as small:
        with ExitStack() as stack:
            # Each with a stream that goes on, so that none is given up.
            for _ in range(3):
                link = stack.enter_context(connect(small.port))
                link.sendall(request("fault:paced:2"))
                link.recv(1)
            with connect(small.port) as more:
                refused = problem(read_to_end(more))
        assert (refused["status_code"], refused["code"]) == (503, "overloaded")
        end = time.monotonic() + 20
        while ask(small, QUESTION).code != "completed":
            assert time.monotonic() < end


def test_half_heads_do_not_keep_others_out(environment: dict[str, str], service: Service) -> None:
    """More of them than descriptors, with a time for a head that would keep them all."""
    limited = ("sh", "-c", f'ulimit -n {DESCRIPTORS}; exec "$@"', "sh", *APP)
    patient = {"RAG_HEAD_TIMEOUT_S": "600", "RAG_MAX_CONNECTIONS_PER_ADDRESS": "100000"}
    with Service(limited, env={**environment, **patient}) as small, ExitStack() as stack:
        assert ask(small, QUESTION).code == "completed"  # it has loaded all it needs
        for number in range(DESCRIPTORS + 50):
            link = stack.enter_context(socket.socket())
            link.settimeout(10)
            link.connect(("127.0.0.1", small.port))
            if number % 2:
                link.sendall(b"GET /healthz HTTP/1.1\r\nHost:")
        assert ask(small, QUESTION).code == "completed"


# Upgrades


def upgrade(kind: str, body: bytes, *, extra: bytes = b"", connection: bytes = b"Upgrade") -> bytes:
    return (
        b"POST /rag/invoke HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Connection: %s\r\nUpgrade: %s\r\n%sContent-Length: %d\r\n\r\n%s"
        % (connection, kind.encode(), extra, len(body), body)
    )


@pytest.mark.parametrize("kind", ["h2c", "websocket", "anything", "TLS/1.0, h2c"])
@pytest.mark.parametrize("cut", [0, 10, None], ids=["body later", "body in two", "at once"])
def test_a_body_with_an_offer_to_upgrade_is_kept(
    service: Service, kind: str, cut: int | None
) -> None:
    body = json.dumps(body_for(QUESTION, "invoke")).encode()
    asked = upgrade(
        kind,
        body,
        extra=b"HTTP2-Settings: AAMAAABk\r\n",
        connection=b"Upgrade, HTTP2-Settings, close",
    )
    with connect(service.port) as link:
        if cut is None:
            link.sendall(asked)
        else:
            at = len(asked) - len(body) + cut
            link.sendall(asked[:at])
            time.sleep(0.1)
            link.sendall(asked[at:])
        ((status, reply),) = replies(read_to_end(link))
    assert status == 200, reply
    assert json.loads(reply.partition(b"\r\n\r\n")[2])["output"]["input"] == QUESTION


@pytest.mark.parametrize("pause", [0, 0.1], ids=["at once", "later"])
def test_a_body_is_never_the_next_request(service: Service, pause: float) -> None:
    hidden = b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "
    asked = upgrade("anything", hidden)
    with connect(service.port) as link:
        link.sendall(asked[: -len(hidden)])
        time.sleep(pause)
        link.sendall(hidden)
        link.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        got = replies(read_to_end(link))
    assert [status for status, _ in got] == [422, 200]
    assert b'{"status":"ok"}' in got[1][1]


def test_requests_behind_one_that_offers_an_upgrade_are_answered(service: Service) -> None:
    offer = (
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"
    )
    last = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with connect(service.port) as link:
        link.sendall(offer * 3 + last)
        assert [status for status, _ in replies(read_to_end(link))] == [200] * 4


@pytest.mark.parametrize(
    "nonsense",
    [
        b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA: b\r\n c\r\n\r\n",
    ],
    ids=["connect", "http2", "tls", "folded"],
)
def test_what_is_no_request_of_ours_is_400(service: Service, nonsense: bytes) -> None:
    with connect(service.port) as link:
        link.sendall(nonsense)
        assert problem(read_to_end(link))["code"] == "bad_request"


def test_nonsense_behind_a_question_ends_the_connection_with_its_run(
    service: Service, model: FaultyModel
) -> None:
    asked = "fault:paced:100 behind"
    with connect(service.port) as link:
        link.sendall(request(asked))
        model.wait_until(lambda: bool(model.asked(asked)))
        link.sendall(b"no HTTP at all\r\n\r\n")
        reply = read_to_end(link)
    assert len(replies(reply)) <= 1
    model.wait_until(lambda: model.live == 0)
