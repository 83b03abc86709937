"""Names with several addresses, some of them dead: which are tried, in which order."""

import socket

import pytest

from rag_stream.http.happy_eyeballs import Address, Connector, in_turn, interleaved
from rag_stream.http.pool import HttpPool
from rag_stream.http.response import ConnectFailedError, TimedOutError
from tests.support.addresses import Names, v4, v6
from tests.support.asked_by_name import AN_HOUR_S, Run, answer, ask
from tests.support.deaf import deaf_listener
from tests.support.raw_server import raw_server


def test_families_take_turns_and_keep_their_order() -> None:
    sixes, fours = [v6(n) for n in range(3)], [v4(n) for n in range(2)]
    assert interleaved([*sixes, *fours]) == [sixes[0], fours[0], sixes[1], fours[1], sixes[2]]
    assert interleaved(fours) == fours


def test_what_answered_last_comes_first_if_it_is_still_there() -> None:
    sixes, four = [v6(n) for n in range(2)], v4(9)
    assert in_turn([*sixes, four], sixes[1]) == [sixes[1], sixes[0], four]
    assert in_turn(sixes, four) == sixes
    assert in_turn(sixes, None) == sixes


def test_a_dead_first_address_does_not_time_out(run: Run, deaf: Address) -> None:
    async def main() -> None:
        async with raw_server(answer) as port:
            connector = Connector(Names(deaf, v4(port)))
            async with HttpPool(connector=connector) as pool:
                assert await ask(pool, connect_timeout_s=10.0) == b"ok"

    run(main)


def test_a_refused_address_is_followed_by_the_next_at_once(run: Run, refusing: Address) -> None:
    async def main() -> None:
        async with raw_server(answer) as port:
            connector = Connector(Names(refusing, v4(port)), attempt_delay_s=AN_HOUR_S)
            async with HttpPool(connector=connector) as pool:
                assert await ask(pool) == b"ok"

    run(main)


def test_the_address_that_answered_is_tried_first_the_next_time(
    run: Run, refusing: Address, deaf: Address
) -> None:
    async def main() -> None:
        async with raw_server(answer) as port:
            names = Names(refusing, v4(port))
            connector = Connector(names, attempt_delay_s=AN_HOUR_S)
            for first in (refusing, deaf):
                names.addresses = (first, v4(port))
                async with HttpPool(connector=connector) as pool:
                    assert await ask(pool) == b"ok"

    run(main)


def test_all_addresses_dead_is_a_connect_timeout(run: Run, deaf: Address) -> None:
    async def main() -> None:
        with deaf_listener() as port:
            connector = Connector(Names(deaf, v4(port)), attempt_delay_s=0.01)
            async with HttpPool(connector=connector) as pool:
                with pytest.raises(TimedOutError, match=r"within 0\.1 s") as caught:
                    await ask(pool, connect_timeout_s=0.1)
        assert caught.value.connecting

    run(main)


def test_all_addresses_refused_is_one_error_that_tells_of_each(run: Run, refusing: Address) -> None:
    async def main() -> None:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            connector = Connector(Names(refusing, v4(nobody.getsockname()[1])))
            async with HttpPool(connector=connector) as pool:
                with pytest.raises(ConnectFailedError, match=r"::1.*; .*127\.0\.0\.1"):
                    await ask(pool)

    run(main)
