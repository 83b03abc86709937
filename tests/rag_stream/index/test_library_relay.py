"""The way of Chroma's own library to a folder's server: with a token, or not at all."""

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_stream.index.connections import path_of
from rag_stream.index.library_relay import TOKEN_HEADER, relayed
from rag_stream.index.server import acquire_server


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    lease = acquire_server(tmp_path / "chroma")
    with relayed(path_of(lease.url)) as relay:
        yield relay
    lease.close()


def status(port: int, headers: dict[str, str], method: str = "GET", body: bytes = b"") -> int:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request(method, "/api/v2/heartbeat", body, headers)
        answer = link.getresponse()
        answer.read()
        return answer.status
    finally:
        link.close()


def test_who_has_the_token_is_passed_on(relay: tuple[int, dict[str, str]]) -> None:
    port, headers = relay
    assert status(port, headers) == 200


@pytest.mark.parametrize("headers", [{}, {TOKEN_HEADER: ""}, {TOKEN_HEADER: "guessed"}])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_nobody_else_is(
    relay: tuple[int, dict[str, str]], method: str, headers: dict[str, str]
) -> None:
    assert status(relay[0], headers, method, b"{}") == 403


def test_every_relay_has_a_token_of_its_own(relay: tuple[int, dict[str, str]]) -> None:
    with relayed("/nowhere") as (port, headers):
        assert status(port, relay[1]) == 403
        assert headers != relay[1]
    with pytest.raises(ConnectionRefusedError):
        status(port, headers)
