"""How many connections an address may have, and who is given up first."""

import asyncio
import itertools
import resource

from app.connections.limits import ConnectionLimits, network_of
from rag_stream.settings import load_settings


class Guest:
    """A connection that keeps us waiting."""

    def __init__(self) -> None:
        self.given_up = asyncio.Event()

    def give_up(self) -> None:
        self.given_up.set()


def test_an_address_has_so_many_connections() -> None:
    here = ConnectionLimits(10, 2, 100)
    assert [here.enter("a"), here.enter("a"), here.enter("a"), here.enter("b")] == [1, 1, 0, 1]
    here.leave("a")
    assert (here.enter("a"), here.enter("a")) == (True, False)


def test_the_settings_decide() -> None:
    here = ConnectionLimits.of(load_settings(max_connections_per_address=1))
    assert (here.enter("a"), here.enter("a")) == (True, False)


def test_a_trusted_proxy_is_no_single_client() -> None:
    here = ConnectionLimits.of(load_settings(trusted_proxies="10.0.0.0/8, 2001:db8::1"))
    assert [here.counted_as(host) for host in ("10.9.9.9", "2001:db8::1")] == [None, None]
    assert here.counted_as("2001:db8::2") == "2001:db8::/64"
    assert here.counted_as("127.0.0.1") == "127.0.0.1"


def test_only_some_hear_why_they_are_refused_and_the_oldest_go() -> None:
    here = ConnectionLimits(10, 2, 4, descriptors=32)
    one, two, three, four = (Guest() for _ in range(4))
    here.enter_refused(one)
    here.enter_refused(two)
    here.leave_refused(one)
    here.enter_refused(three)
    assert not any(guest.given_up.is_set() for guest in (one, two, three))
    here.enter_refused(four)
    assert [guest.given_up.is_set() for guest in (one, two, three, four)] == [0, 1, 0, 0]
    here.leave_refused(two)


def test_new_connections_leave_some_descriptors_for_those_that_are_there() -> None:
    here = ConnectionLimits(10, 2, 4, descriptors=800)
    assert (here.has_room(699), here.has_room(700)) == (True, False)
    assert ConnectionLimits(10, 2, 4).has_room(100_000)


def test_no_address_may_have_more_than_half_of_the_descriptors() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 200
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    try:
        here = ConnectionLimits.of(load_settings(max_connections_per_address=1000))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert [here.enter("a") for _ in range(most // 2 + 1)] == [True] * (most // 2) + [False]
    assert here.enter("b")


def test_all_addresses_of_one_ipv6_network_count_together() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1:2:3")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("a socket") == "a socket"


def test_an_ipv4_address_is_one_of_its_own_also_on_a_socket_for_both_kinds() -> None:
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1")
    assert network_of("::ffff:192.0.2.1") != network_of("::ffff:192.0.2.2")
    assert network_of("::ffff:192.0.2.1") != network_of("::1")


async def test_who_sends_nothing_is_given_up_and_who_sends_is_not() -> None:
    here = ConnectionLimits(0.05, 10, 100)
    silent, sending = Guest(), Guest()
    here.expect(silent)
    here.expect(sending)
    here.arrived(sending)
    await asyncio.wait_for(silent.given_up.wait(), 10)
    later = Guest()
    here.expect(later)
    await asyncio.wait_for(later.given_up.wait(), 10)
    assert not sending.given_up.is_set()


async def test_many_are_given_up_with_turns_for_others_in_between() -> None:
    here = ConnectionLimits(0.05, 10, 1000)
    guests = [Guest() for _ in range(300)]
    for guest in guests:
        here.expect(guest)
    gone = [0]
    while gone[-1] < len(guests):
        await asyncio.sleep(0)
        gone.append(sum(guest.given_up.is_set() for guest in guests))
    assert max(after - before for before, after in itertools.pairwise(gone)) < len(guests) / 10
    here.close()


async def test_where_many_are_waited_for_none_is_for_long() -> None:
    here = ConnectionLimits(600, 10, 2)
    guests = [Guest() for _ in range(4)]
    for guest in guests:
        here.expect(guest)
    # The oldest, and until there are no longer too many.
    await asyncio.wait_for(guests[1].given_up.wait(), 30)
    assert [guest.given_up.is_set() for guest in guests] == [True, True, False, False]
    here.close()


async def test_the_oldest_goes_at_once_where_there_are_far_too_many() -> None:
    here = ConnectionLimits(600, 10, 2)
    guests = [Guest() for _ in range(6)]
    for guest in guests:
        here.expect(guest)
        here.expect(guest)  # once is enough
    assert [guest.given_up.is_set() for guest in guests] == [True, True, False, False, False, False]
    here.close()


async def test_after_its_close_nobody_is_given_up() -> None:
    here = ConnectionLimits(0.01, 10, 100)
    guest = Guest()
    here.expect(guest)
    here.close()
    await asyncio.sleep(0.05)
    assert not guest.given_up.is_set()
