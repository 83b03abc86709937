"""Offers to upgrade: what comes with them is answered, and no body is a request."""

import json
import time

import pytest

from tests.support.ending import body_for
from tests.support.hostile_links import QUESTION, replies
from tests.support.raw_client import connect, read_to_end
from tests.support.service import Service


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
