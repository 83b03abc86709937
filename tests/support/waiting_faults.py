"""How a model's server may keep one waiting: one function a fault, by its name."""

import asyncio

from tests.support.exchange import Exchange
from tests.support.fault import BEFORE, Faults, forever

WAITING = Faults()


@WAITING.take
async def hang_before_headers(exchange: Exchange) -> None:
    await forever()


@WAITING.take
async def hang_after_headers(exchange: Exchange) -> None:
    await exchange.head()
    await forever()


@WAITING.take
async def hang_before_token(exchange: Exchange) -> None:
    await exchange.begin()
    await forever()


@WAITING.take
async def hang_middle(exchange: Exchange) -> None:
    await exchange.begin(*BEFORE)
    await forever()


@WAITING.take
async def slow_headers(exchange: Exchange) -> None:
    """Seconds until the headers; then a good answer."""
    await asyncio.sleep(exchange.number or 1.0)
    await exchange.begin(*BEFORE)
    await exchange.finish()


@WAITING.take
async def paced(exchange: Exchange) -> None:
    """Tokens a second, 200 of them: something to leave in the middle."""
    await exchange.begin()
    for number in range(200):
        await asyncio.sleep(1 / (exchange.number or 50))
        await exchange.tokens(f"token{number} ")
    await exchange.finish()
