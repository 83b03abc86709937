"""Far too many connections."""

import socket
import time
from contextlib import ExitStack

from tests.support.ending import ask
from tests.support.hostile_links import QUESTION, problem
from tests.support.raw_client import connect, read_to_end, request
from tests.support.service import APP, Service

DESCRIPTORS = 256


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


def test_the_connections_of_a_trusted_proxy_are_not_those_of_one_client(
    environment: dict[str, str], service: Service
) -> None:
    asked = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
    proxied = {"RAG_MAX_CONNECTIONS_PER_ADDRESS": "2", "RAG_TRUSTED_PROXIES": "127.0.0.2"}
    with Service(env={**environment, **proxied}) as small, ExitStack() as stack:
        answers = []
        for host in ("127.0.0.2", "127.0.0.3"):
            for _ in range(4):
                link = stack.enter_context(socket.socket())
                link.bind((host, 0))
                link.settimeout(30)
                link.connect(("127.0.0.1", small.port))
                link.sendall(asked)
                answers.append(link.recv(12))
    assert answers == [b"HTTP/1.1 200"] * 6 + [b"HTTP/1.1 503"] * 2


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
