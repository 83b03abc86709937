"""Ports given to servers: free, below those that systems pick, no two alike."""

import socket
from itertools import islice
from pathlib import Path

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
    upcoming = free_port() + 1
    with socket.socket() as taken:
        try:
            taken.bind((host, upcoming))
        except OSError:
            pytest.fail(f"expected {upcoming} free")
        taken.listen()
        assert free_port() != upcoming


def test_the_system_picks_others() -> None:
    told = Path("/proc/sys/net/ipv4/ip_local_port_range")
    lowest = int(told.read_text().split()[0]) if told.exists() else 49_152
    assert lowest >= LAST
