"""Heads beyond the bounds, or without an end."""

import json
import resource
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.ending import body_for
from tests.support.hostile_links import QUESTION, problem, replies
from tests.support.processes import family
from tests.support.raw_client import connect, read_to_end
from tests.support.service import Service


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
