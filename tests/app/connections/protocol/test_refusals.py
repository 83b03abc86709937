"""What is refused behind other requests."""

import asyncio
import json

import pytest

from tests.support.one_connection import MORE, NONSENSE, QUICK, App, Run, busy, served, statuses


async def reply_to(app: App, sent: bytes) -> bytes:
    """All that comes back where this is sent behind a slow request, which then goes on."""
    async with busy(app) as (reader, writer, _):
        writer.write(sent)
        await asyncio.sleep(0.05)
        assert not app.left.is_set()
        app.released.set()
        return await reader.read()


def assert_answered(app: App, reply: bytes, waiting: int) -> None:
    """The slow request and those behind it were, and nothing else."""
    assert statuses(reply) == [200] * (1 + waiting)
    assert app.failures == []
    assert app.quick == waiting


@pytest.mark.parametrize(
    "refused",
    [NONSENSE, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 110],
    ids=["nonsense", "many headers"],
)
@pytest.mark.parametrize("begins", [True, False], ids=["begun", "not begun"])
@pytest.mark.parametrize("waiting", [0, 1, 2])
def test_what_is_due_is_answered_before_the_connection_of_a_refusal_ends(
    run: Run, waiting: int, refused: bytes, begins: bool
) -> None:
    """And the refusal is never written into the answer to another request, nor instead of it."""

    async def main() -> None:
        app = App(begins=begins)
        reply = await reply_to(app, QUICK * waiting + refused)
        assert MORE in reply
        assert_answered(app, reply, waiting)

    run(main)


@pytest.mark.parametrize("waiting", [0, 1])
def test_a_request_whose_body_breaks_off_behind_others_is_not_begun(run: Run, waiting: int) -> None:
    broken = b"POST /quick HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nz\r\n"

    async def main() -> None:
        app = App()
        reply = await reply_to(app, QUICK * waiting + broken + b"no size\r\n")
        assert_answered(app, reply, waiting)

    run(main)


@pytest.mark.parametrize("waiting", [0, 1])
def test_an_address_that_is_none_costs_those_before_it_nothing(run: Run, waiting: int) -> None:
    nowhere = b"GET http://a:99999999/ HTTP/1.1\r\nHost: x\r\n\r\n"

    async def main() -> None:
        app = App(begins=False)
        reply = await reply_to(app, QUICK * waiting + nowhere)
        assert_answered(app, reply, waiting)

    run(main)


def test_who_leaves_after_a_refusal_is_noticed(run: Run) -> None:
    async def main() -> None:
        app = App()
        async with busy(app) as (_, writer, _):
            writer.write(NONSENSE)
            await asyncio.sleep(0.05)
            writer.transport.abort()
            await app.left.wait()

    run(main)


@pytest.mark.parametrize("before", [0, 3])
def test_a_refusal_follows_the_answers_before_it(run: Run, before: int) -> None:
    async def main() -> None:
        async with served(App()) as (connect, _):
            reader, writer = await connect()
            for _ in range(before):
                writer.write(QUICK)
                await reader.readuntil(b"\r\n\r\n")
            writer.write(NONSENSE)
            reply = await reader.read()
        assert statuses(reply) == [400]
        assert json.loads(reply.partition(b"\r\n\r\n")[2])["code"] == "bad_request"

    run(main)
