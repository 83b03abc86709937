"""How many connections an address may have, and how long one may be waited for."""

import asyncio
import ipaddress
from collections import Counter
from functools import lru_cache
from typing import Protocol

from app.lifecycle.descriptors import UNLIMITED, limit
from app.trusted_proxies import TrustedProxies
from rag_stream.settings import Settings

STATE_KEY = "connection_limits"
"""Of the application's state, where the server's connections find theirs."""
PRESSED_S = 1.0
"""Instead of the time for a head, where many are waited for."""
_MOST_WAITING = 1024
_MOST_AT_ONCE, _BETWEEN_S = 20, 0.002
"""Closing a thousand that came together in one go would keep readers waiting."""
_MOST_SPARE = 256
"""Descriptors that no new connection may take."""


class Waiting(Protocol):
    """A connection of which something is to arrive."""

    def give_up(self) -> None:
        """It has not arrived in time."""


class ConnectionLimits:
    """One for a worker, shared by its connections."""

    def __init__(
        self,
        within_s: float,
        per_address: int,
        most_waiting: int,
        descriptors: int = UNLIMITED,
        proxies: TrustedProxies | None = None,
    ) -> None:
        """`most_waiting`: if more than these keep us waiting, none may do so for long.

        Half a request costs its sender nothing, and `descriptors` are few. `proxies` may have
        any number of connections: they are those of many clients.
        """
        self._proxies = proxies or TrustedProxies()
        self._within_s = within_s
        self._per_address = per_address
        self._most_waiting = most_waiting
        spare = min(descriptors // 8, _MOST_SPARE)
        self._full_from = descriptors - spare
        self._most_refused = max(1, spare // 2)
        self._refused: dict[Waiting, None] = {}
        self._open: Counter[str] = Counter()
        self._since: dict[Waiting, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    @classmethod
    def of(cls, settings: Settings) -> "ConnectionLimits":
        """No address may have more than half of the descriptors, whatever the settings say.

        And connections that have asked nothing yet soon go where there are more of them than a
        fifth: the oldest at once beyond two fifths, before their address has its half.
        """
        most = limit()
        per_address = min(settings.max_connections_per_address, most // 2)
        most_waiting = min(most // 5, _MOST_WAITING)
        proxies = TrustedProxies(settings.trusted_proxies or ())
        return cls(settings.head_timeout_s, per_address, most_waiting, most, proxies)

    def counted_as(self, host: str) -> str | None:
        """The address that a connection from there counts for; None where it does for none."""
        return None if host in self._proxies else network_of(host)

    def enter(self, address: str) -> bool:
        """Count a connection of this address; False, and not counted, where it has enough."""
        if self._open[address] >= self._per_address:
            return False
        self._open[address] += 1
        return True

    def leave(self, address: str) -> None:
        """A connection that was counted has ended."""
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]

    def has_room(self, descriptor: int) -> bool:
        """Whether a connection with this one leaves some for those that are being served.

        The system gives the lowest that is free: nearly all below it are in use.
        """
        return descriptor < self._full_from

    def enter_refused(self, connection: Waiting) -> None:
        """One that hears why it is refused, which takes a while; the oldest of many has to go."""
        self._refused[connection] = None
        if len(self._refused) > self._most_refused:
            oldest = next(iter(self._refused))
            del self._refused[oldest]
            oldest.give_up()

    def leave_refused(self, connection: Waiting) -> None:
        """A connection that may have been refused has ended."""
        self._refused.pop(connection, None)

    def expect(self, connection: Waiting) -> None:
        """Give it up if what it is to send has not `arrived` in time."""
        if connection in self._since:
            return
        loop = asyncio.get_running_loop()
        self._since[connection] = loop.time()
        if len(self._since) > 2 * self._most_waiting:  # or there are no descriptors to answer with
            self._give_up(next(iter(self._since)))
        if self._timer is None:
            self._timer = loop.call_later(self._next_look(loop.time()), self._look, loop)

    def arrived(self, connection: Waiting) -> None:
        """What was expected is there, or no longer expected."""
        self._since.pop(connection, None)

    def close(self) -> None:
        """Give nobody up any more."""
        self._since.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        # One timer for all of them: who has been waited for longest comes first.
        self._timer = None
        now = loop.time()
        for _ in range(_MOST_AT_ONCE):
            if not self._since:
                return
            connection, since = next(iter(self._since.items()))
            if now - since < self._patience_s():
                self._timer = loop.call_later(self._next_look(now), self._look, loop)
                return
            self._give_up(connection)
        self._timer = loop.call_later(_BETWEEN_S, self._look, loop)

    def _give_up(self, connection: Waiting) -> None:
        del self._since[connection]
        connection.give_up()

    def _patience_s(self) -> float:
        is_pressed = len(self._since) > self._most_waiting
        return min(self._within_s, PRESSED_S) if is_pressed else self._within_s

    def _next_look(self, now: float) -> float:
        # There may be many in a moment.
        due = next(iter(self._since.values())) + self._within_s
        return max(0.01, min(due - now, PRESSED_S))


@lru_cache(maxsize=4096)
def network_of(host: str) -> str:
    """Where connections from this address count: IPv6 gives everybody 2**64 of them."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:  # as a socket for both kinds has them
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return host
