"""Connections that send half, and those that rest or take long: who is waited for."""

import time

import httpx
import pytest

from tests.support import sse
from tests.support.ending import body_for
from tests.support.hostile_links import HEAD_S
from tests.support.raw_client import connect, read_to_end
from tests.support.service import Service


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
