"""Who is handed a connection, and what becomes of those who came before the port was closed."""

import errno
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from rag_stream.index.broker import Broker, remove_left
from rag_stream.index.connections import address_of, answers, take
from rag_stream.index.signed_port import Address, is_open

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def serving(address: Address) -> Iterator[socket.socket]:
    """A server of this process at the address, as Chroma's is of the owner's."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen()
    threads: list[threading.Thread] = []

    def answer(link: socket.socket) -> None:
        with link, suppress(OSError):
            while link.recv(1000):
                link.sendall(ANSWER)

    def accept() -> None:
        with suppress(OSError):
            while True:
                link, _ = listener.accept()
                threads.append(threading.Thread(target=answer, args=(link,), daemon=True))
                threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield listener
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join(5)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    yield broker
    broker.remove()


def test_it_hands_out_connections_to_a_port_that_is_closed(broker: Broker) -> None:
    with serving(broker.server):
        assert is_open(broker.server)
        assert broker.open(5)
        assert broker.is_closed
        assert not is_open(broker.server)
        links = [take(broker.path) for _ in range(3)]
        for link in links:
            with link:
                link.sendall(b"GET / HTTP/1.1\r\n\r\n")
                assert link.recv(1000) == ANSWER
                assert not os.get_inheritable(link.fileno())
        assert answers(address_of(broker.path))


def test_where_nothing_is_signed_it_hands_out_all_the_same_and_says_so(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(errno.ENOPROTOOPT, "Protocol not available")

    monkeypatch.setattr("rag_stream.index.signed_port.sign", unsupported)
    with serving(broker.server):
        assert broker.open(5)
        assert not broker.is_closed
        assert answers(address_of(broker.path))


def test_who_came_before_the_port_was_closed_is_turned_out(broker: Broker) -> None:
    with serving(broker.server), socket.create_connection(broker.server) as early:
        early.sendall(b"GET / HTTP/1.1\r\n\r\n")
        early.settimeout(5)
        assert early.recv(1000) == ANSWER
        assert broker.open(5)
        assert early.recv(1000) == b""


def test_a_trial_before_the_server_listens_is_not_taken_for_it(broker: Broker) -> None:
    opening: list[bool] = []
    thread = threading.Thread(target=lambda: opening.append(broker.open(20)))
    thread.start()
    for _ in range(50):  # as Chroma does before it opens the folder, once
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                trial.bind(broker.server)
                trial.listen()
    thread.join(0.05)
    with serving(broker.server):
        thread.join(20)
        assert opening == [True]
        assert not is_open(broker.server)


def test_without_a_server_it_does_not_open(broker: Broker) -> None:
    assert not broker.open(0.05)


def test_the_socket_is_for_this_account(broker: Broker) -> None:
    path = Path(broker.path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_it_leaves_nothing_behind(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    assert broker.is_there()
    broker.remove()
    assert not broker.is_there()
    assert not Path(broker.path).parent.exists()


def test_what_a_killed_one_left_is_removed(broker: Broker, tmp_path: Path) -> None:
    remove_left(broker.path)
    assert not broker.is_there()
    kept = tmp_path / "socket"
    kept.write_text("")
    remove_left(str(kept))
    assert kept.exists()


def test_a_long_temporary_folder_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setenv("TMPDIR", str(long))
    broker = Broker(tmp_path)
    assert not broker.path.startswith(str(long))
    assert list(long.iterdir()) == []
    broker.remove()
