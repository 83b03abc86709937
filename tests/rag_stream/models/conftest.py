"""Fixtures for tests of models."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest


@pytest.fixture
def deaf_server() -> Iterator[str]:
    """A server that listens and takes no connection: its queue is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        host, port = listener.getsockname()
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((host, port))
        yield f"http://{host}:{port}/v1"
