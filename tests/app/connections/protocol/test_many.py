"""Many requests at once."""

import asyncio

import pytest

from app.connections.protocol import MOST_AHEAD
from tests.support.one_connection import QUICK, App, Run, busy, one_of, post, served, statuses


def test_a_few_requests_ahead_are_answered_in_order_and_the_connection_stays(run: Run) -> None:
    async def main() -> None:
        app = App()
        async with served(app) as (connect, _):
            reader, writer = await connect()
            for turn in range(3):
                for number in range(MOST_AHEAD + 1):
                    writer.write(post(b"%d of turn %d" % (number, turn)))
                for number in range(MOST_AHEAD + 1):
                    assert b"connection" not in await reader.readuntil(b"\r\n\r\n")
                    body = b"%d of turn %d" % (number, turn)
                    assert await reader.readexactly(len(body)) == body
        assert app.quick == 3 * (MOST_AHEAD + 1)

    run(main)


@pytest.mark.parametrize("pieces", [1, 40], ids=["at once", "in pieces"])
def test_so_many_requests_ahead_are_taken_and_the_last_answer_says_so(
    run: Run, pieces: int
) -> None:
    async def main() -> None:
        app = App()
        async with busy(app) as (reader, writer, state):
            for _ in range(pieces):
                writer.write(QUICK * (10_000 // pieces))
                await writer.drain()
                await asyncio.sleep(0.002)
            assert len(one_of(state).pipeline) == MOST_AHEAD
            assert not app.left.is_set()
            app.released.set()
            reply = await reader.read()
        assert statuses(reply) == [200] * (1 + MOST_AHEAD)
        assert reply.endswith(b"content-length: 0\r\nconnection: close\r\n\r\n")
        assert reply.count(b"connection: close") == 1
        assert (app.quick, app.failures) == (MOST_AHEAD, [])

    run(main)


def test_who_sends_far_too_many_and_leaves_is_noticed(run: Run) -> None:
    async def main() -> None:
        app = App(begins=False)
        async with busy(app) as (_, writer, _):
            writer.write(QUICK * 5_000)
            await writer.drain()
            writer.close()
            await app.left.wait()
        assert app.quick == 0

    run(main)


def test_who_never_stops_sending_is_cut_off(run: Run) -> None:
    async def main() -> None:
        app = App()
        async with busy(app) as (_, writer, _):
            with pytest.raises(ConnectionError):
                await send_without_end(writer)
            await app.left.wait()

    run(main)


async def send_without_end(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(QUICK * 5_000)
        await writer.drain()
