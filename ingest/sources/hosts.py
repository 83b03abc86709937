"""Turns at a host: few requests at a time, none while it wants to be left alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

AT_ONCE = 2
_SHORT = 1.0
"""Seconds; for longer nobody waits where waiting has been in vain."""
_GIVEN_UP_AFTER = 3
"""Addresses of a host, one after another, for which all patience was in vain."""

Origin = tuple[str, int]


class LeftAloneError(Exception):
    """The host has asked for a longer pause than is waited for."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not asked for: its server wants to be left alone for {seconds:.0f} s")


@dataclass(slots=True)
class Host:
    """What is known of one host and port."""

    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    not_before: float = 0.0
    """By the event loop's clock."""
    in_vain: int = 0

    @property
    def is_given_up(self) -> bool:
        """Whether trying again there has not helped for some time."""
        return self.in_vain >= _GIVEN_UP_AFTER

    def pause(self, seconds: float) -> None:
        """Nobody asks for so long."""
        self.not_before = max(self.not_before, asyncio.get_running_loop().time() + seconds)


class Hosts:
    """The hosts of one run. Safe to share between concurrent fetches of one event loop."""

    def __init__(self) -> None:
        self._hosts: dict[Origin, Host] = {}

    def __getitem__(self, origin: Origin) -> Host:
        return self._hosts.setdefault(origin, Host())

    @asynccontextmanager
    async def turn(self, origin: Origin, longest: float) -> AsyncIterator[Host]:
        """Wait until it is our turn there; raises LeftAloneError where that is too far off."""
        host, time = self[origin], asyncio.get_running_loop().time
        async with host.turns:
            while (left := host.not_before - time()) > 0:
                if left > (_SHORT if host.is_given_up else longest):
                    raise LeftAloneError(left)
                await asyncio.sleep(left)
            yield host
