"""Clients that leave, and what was sent ahead."""

import asyncio

import pytest

from tests.support.one_connection import MORE, QUICK, App, Run, busy, one_of, post


@pytest.mark.parametrize("kind", ["ends", "resets"])
@pytest.mark.parametrize("waiting", [0, 1, 2, 10])
def test_leaving_is_noticed_whatever_was_asked_for_besides(
    run: Run, waiting: int, kind: str
) -> None:
    async def main() -> None:
        app = App(begins=False)  # so that no write can notice it
        async with busy(app) as (_, writer, _):
            if waiting:
                writer.write(QUICK * waiting)
                await writer.drain()
                await asyncio.sleep(0.05)  # read, and not only arrived with the end
            writer.transport.abort() if kind == "resets" else writer.close()
            await app.left.wait()
        assert app.quick == 0

    run(main)


def test_what_is_sent_ahead_waits_in_the_network(run: Run) -> None:
    """Not in our memory; and when the time has come, all of it is there."""

    async def main() -> None:
        app = App()
        async with busy(app) as (reader, writer, state):
            body = b"y" * 20_000_000
            writer.write(post(body))
            connection = one_of(state)
            await asyncio.sleep(0.2)
            assert len(connection.cycle.body) < 1_000_000
            assert not app.left.is_set()
            app.released.set()
            await reader.readuntil(MORE)
            await reader.readuntil(b"content-length: %d\r\n\r\n" % len(body))
            assert await reader.readexactly(len(body)) == body

    run(main)
