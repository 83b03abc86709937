"""What a fault of a model's server is: its name, and the parts that several are made of."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.support.exchange import Exchange

SECRET = "sk-internal at /srv/model/weights"
# Sent before a fault "in the middle": the answer's text up to there.
BEFORE = ("one", " two", " three")

Fault = Callable[[Exchange], Awaitable[None]]


class Faults(dict[str, Fault]):
    """Faults by their names, which are those of their functions."""

    def take(self, function: Fault) -> Fault:
        self[function.__name__] = function
        return function


async def forever() -> None:
    await asyncio.Event().wait()
