"""Ports given to servers: free, below those that systems pick, no two alike."""

import socket
from itertools import islice

import pytest

from tests.support.ports import FIRST, LAST, SHARES, free_port, ports_of, share_of


def test_processes_side_by_side_share_no_port() -> None:
    shares = [share_of(""), *(share_of(f"gw{number}") for number in range(SHARES - 1))]
    ports = [port for share in shares for port in share]
    assert len(ports) == len(set(ports))
    assert FIRST <= min(ports) <= max(ports) < LAST


def test_more_processes_than_shares_begin_anew() -> None:
    assert share_of(f"gw{SHARES - 1}") == share_of("")


def test_a_share_goes_round() -> None:
    assert list(islice(ports_of(range(5, 8), begin=4), 5)) == [6, 7, 5, 6, 7]


def test_none_is_given_twice_in_a_row() -> None:
    assert len({free_port() for _ in range(50)}) == 50


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.8.7", "0.0.0.0"])  # noqa: S104
def test_one_that_is_listened_on_is_left_out(host: str) -> None:
    port = free_port()
    assert free_port(ports_of(range(port, port + 1), begin=0)) == port
    with socket.socket() as taken:
        taken.bind((host, port))
        taken.listen()
        assert free_port(ports_of(range(port, port + 20), begin=0)) > port
        with pytest.raises(RuntimeError, match="expected a free port"):
            free_port(ports_of(range(port, port + 1), begin=0))
