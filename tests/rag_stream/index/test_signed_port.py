"""A port that the kernel keeps for those who have its key."""

import socket
from collections.abc import Iterator

import pytest

from rag_stream.index.signed_port import (
    Address,
    count_at,
    is_listening,
    is_open,
    new_key,
    sign,
    sockets_at,
)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.bind(("127.9.8.7", 0))
        listener.listen()
        yield listener


def connects(address: Address, key: bytes | None, source: str = "127.0.0.1") -> bool:
    with socket.socket() as link:
        link.bind((source, 0))
        link.settimeout(0.2)
        if key is not None:
            sign(link, key)
        return link.connect_ex(address) == 0


def test_only_who_has_the_key_can_connect(listener: socket.socket) -> None:
    address, key = listener.getsockname(), new_key()
    assert is_open(address)
    sign(listener, key)
    assert not is_open(address)
    assert not connects(address, None)
    assert not connects(address, None, source="127.44.3.2")
    assert not connects(address, new_key())
    assert connects(address, key)
    assert connects(address, key, source="127.44.3.2")


def test_a_connection_with_the_key_carries_both_ways(listener: socket.socket) -> None:
    key = new_key()
    sign(listener, key)
    with socket.socket() as link:
        sign(link, key)
        link.settimeout(5)
        link.connect(listener.getsockname())
        other, _ = listener.accept()
        with other:
            other.settimeout(5)
            link.sendall(b"question")
            assert other.recv(100) == b"question"
            other.sendall(b"answer")
            assert link.recv(100) == b"answer"


def test_the_sockets_of_an_address_are_found_and_nothing_else(listener: socket.socket) -> None:
    address = listener.getsockname()
    with socket.create_connection(address) as link:
        taken, peer = listener.accept()
        with taken, socket.socket() as elsewhere:
            elsewhere.bind(("127.0.0.1", 0))
            found = list(sockets_at(address))
            assert sorted(map(is_listening, found)) == [False, True], found
            (accepted,) = (held for held in found if not is_listening(held))
            assert accepted.getpeername() == peer == link.getsockname()
            for held in found:
                held.close()
    assert count_at(address) == 1
    listener.close()
    assert count_at(address) == 0
