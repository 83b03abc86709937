"""What stands where Redis should, from the beginning or later, is told of in words of ours."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from app.errors import RunStoreError
from app.runs.redis.store import RedisStore
from tests.support.redis_runs import Opening, read_all
from tests.support.redis_server import RedisServer

SECRET = "very-secret"
REPLIES = {
    "nothing": b"",
    "HTTP": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "mail": b"220 mail.example ESMTP\r\n",
    "noise": b"\xff\x00\xfe\r\n",
    "no number": b":x\r\n",
    "no length": b"$x\r\n",
    "a negative length": b"$-5\r\n",
    "lists in lists": b"*1\r\n" * 2000,
    "always fine": b"+OK\r\n",
    "always one": b":1\r\n",
    "an error": b"-ERR very-secret\r\n",
    "no rights": b"-NOPERM very-secret\r\n",
    "loading": b"-LOADING very-secret\r\n",
}


@asynccontextmanager
async def impostor(reply: Callable[[bytes], bytes], port: int = 0) -> AsyncIterator[int]:
    """Answers each piece it gets, or closes where there is no answer; gives its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (got := await reader.read(4096)) and (answer := reply(got)):
                writer.write(answer)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def causes_of(error: BaseException | None) -> str:
    words = ""
    while error is not None:
        words += f"{error!r}\n"
        error = error.__cause__
    return words


@pytest.mark.parametrize("password", [f":{SECRET}@", f"{SECRET}:{SECRET}@", ""])
@pytest.mark.parametrize("reply", [*REPLIES.values(), None], ids=[*REPLIES, "an echo"])
async def test_what_is_no_redis_is_none_at_the_start(reply: bytes | None, password: str) -> None:
    async with impostor(lambda got: got if reply is None else reply) as port:
        store = RedisStore(f"redis://{password}127.0.0.1:{port}/0", keep_s=1, live_s=1)
        with pytest.raises(RunStoreError) as caught:
            await store.open(lambda _: None)
    assert str(caught.value).startswith(
        f"REDIS_URL: expected a Redis that answers at 127.0.0.1:{port}, got: "
    )
    assert SECRET not in causes_of(caught.value)


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("reply", [*REPLIES.values(), None], ids=[*REPLIES, "an echo"])
async def test_what_comes_in_its_place_is_an_outage(
    worker: Opening, reply: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    with RedisServer(password=SECRET) as redis:
        store = await worker(url=redis.url)
        await store.begin("run", "me")
        redis.stop()
        async with impostor(lambda got: got if reply is None else reply, redis.port):
            for work in (store.owner("run"), read_all(store, "run"), store.stop("run", 0.2)):
                with pytest.raises(RunStoreError) as caught:
                    await work
                assert SECRET not in causes_of(caught.value)
            await asyncio.sleep(0.3)
        await store.aclose()
    assert caplog.text.count("REDIS_URL") == 1
    assert SECRET not in caplog.text
    assert "Traceback" not in caplog.text
