"""Bodies: each is bounded, and together they are."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request

from app import error_responses
from app.middleware import MAX_BODY_BYTES, MOST_ARRIVING, SMALL, BodyLimit

LARGE = 900_000
FILLED = -(-MOST_ARRIVING // LARGE)


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()

    @app.post("/")
    async def read(request: Request) -> int:
        return len(await request.body())

    error_responses.install(app)
    app.add_middleware(BodyLimit)
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def slow(finish: asyncio.Event, size: int = LARGE) -> AsyncIterator[bytes]:
    """All but the last byte of a body, which waits."""
    yield b" " * (size - 1)
    await finish.wait()
    yield b" "


async def test_large_bodies_are_bounded_together_and_small_ones_taken(
    client: httpx.AsyncClient,
) -> None:
    finish = asyncio.Event()
    slow_ones = [
        asyncio.create_task(client.post("/", content=slow(finish))) for _ in range(FILLED + 5)
    ]
    refused: list[httpx.Response] = []
    async with asyncio.timeout(30):
        while len(refused) < len(slow_ones) - MOST_ARRIVING // LARGE:
            await asyncio.sleep(0.01)
            refused = [task.result() for task in slow_ones if task.done()]
    await asyncio.sleep(0.1)  # for one more, should there be one
    refused = [task.result() for task in slow_ones if task.done()]
    assert {response.status_code for response in refused} == {503}
    assert {response.json()["code"] for response in refused} == {"overloaded"}
    assert all(response.json()["retryable"] for response in refused)
    assert all(response.headers["retry-after"] for response in refused)
    assert len(slow_ones) - len(refused) == MOST_ARRIVING // LARGE

    assert (await client.post("/", content=b" " * SMALL)).status_code == 200
    finish.set()
    others = [await task for task in slow_ones if task not in refused]
    assert sum(response.status_code == 200 for response in others) == MOST_ARRIVING // LARGE
    # Nothing of them is left.
    assert (await client.post("/", content=b" " * MAX_BODY_BYTES)).status_code == 200


async def test_those_who_left_take_no_room(client: httpx.AsyncClient) -> None:
    never = asyncio.Event()
    for _ in range(3):
        left = [asyncio.create_task(client.post("/", content=slow(never))) for _ in range(FILLED)]
        await asyncio.sleep(0.05)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
    assert (await client.post("/", content=b" " * LARGE)).status_code == 200


async def test_one_that_is_too_long_takes_no_room(client: httpx.AsyncClient) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * (MAX_BODY_BYTES // 2)

    for _ in range(2 * FILLED):
        assert (await client.post("/", content=parts())).status_code == 413
    assert (await client.post("/", content=b" " * LARGE)).status_code == 200
