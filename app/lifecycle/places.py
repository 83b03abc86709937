"""The places of one worker, and their sharing among callers.

A caller alone may have all of them. Where several want them, the next that becomes free is for
the one who has the fewest, and none has to wait for another's long answers: beyond what anybody
may have there are some spare places, for those who have fewer than their share. How many of
them one may take depends on how many are left, so that there is one for whoever comes next.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextvars import Context
from itertools import count

from app.errors import OverloadedError
from app.lifecycle.limits import Limits
from app.lifecycle.ranking import Ranking
from app.lifecycle.ticket import Turn


class _Caller:
    def __init__(self) -> None:
        self.held = 0
        self.waiting: OrderedDict[Turn, tuple[int, int]] = OrderedDict()
        """Those who wait, the first one first: a number that grows, and how many places."""
        self.wanted = 0
        """Places that they wait for."""


class Places:
    """Who has how many, and who waits for one. A caller is a name: an address."""

    def __init__(self, limits: Callable[[], Limits]) -> None:
        """`limits`: read each time, because settings are not there from the beginning."""
        self._limits = limits
        self._callers: dict[str, _Caller] = {}
        self._fewest = Ranking()
        """Callers who wait, by what they have; of several, whose first has come before."""
        self._most_waiting = Ranking()
        self._numbers = count()
        self.taken = 0
        self.waiting = 0

    def check(self, name: str, places: int = 1) -> None:
        """Raise OverloadedError where this caller would neither get places nor may wait."""
        limits = self._limits()
        if not self._may_have(name, places, limits) and not self._may_wait(name, places, limits):
            raise self._too_many()

    def at_most(self, name: str, wanted: int) -> int:
        """As many of these places as this caller can have now, or else may wait for."""
        limits = self._limits()
        for is_allowed in (self._may_have, self._may_wait):
            for places in range(min(wanted, limits.most), 0, -1):
                if is_allowed(name, places, limits):
                    return places
        return 1

    def take(self, name: str, places: int = 1) -> Turn | None:
        """Take places; where that has to wait, return what is to be waited for.

        Raises OverloadedError where it may not.
        """
        if self.take_now(name, places):
            return None
        limits = self._limits()
        if not self._may_wait(name, places, limits):
            raise self._too_many()
        if self.waiting >= limits.queue:
            self._shed()
        loop = asyncio.get_running_loop()
        turn: Turn = loop.create_future()
        timer = loop.call_later(limits.wait_s, self._expire, name, turn, context=Context())
        turn.add_done_callback(lambda turn: timer.cancel(), context=Context())
        caller = self._callers.setdefault(name, _Caller())
        caller.waiting[turn] = next(self._numbers), places
        caller.wanted += places
        self.waiting += 1
        self._rank(name, caller)
        self._fill()
        return turn

    def take_now(self, name: str, places: int = 1) -> bool:
        """Take places if that can be done without waiting."""
        if not self._may_have(name, places, self._limits()):
            return False
        self._count(name, self._callers.setdefault(name, _Caller()), places)
        return True

    def give_back(self, name: str, places: int = 1) -> None:
        """Places that were taken are free again."""
        self._count(name, self._callers[name], -places)
        self._fill()

    def give_up(self, name: str, turn: Turn) -> None:
        """Wait no longer; nothing where it is over already."""
        if self._forget(name, turn):
            self._fill()  # who stood behind may fit in

    def dismiss(self, error: Callable[[], Exception]) -> None:
        """None of those who wait will get a place."""
        for name, caller in list(self._callers.items()):
            for turn in list(caller.waiting):
                self._forget(name, turn)
                if not turn.done():
                    turn.set_exception(error())

    def _too_many(self) -> OverloadedError:
        """What those are told for whom there is no place."""
        return OverloadedError(
            f"this worker has as many runs as it may have ({self._limits().most} at a time, see "
            "RAG_MAX_STREAMS); ask again in a moment"
        )

    def _may_have(self, name: str, places: int, limits: Limits) -> bool:
        return not self.waiting and self._fits(name, places, limits)

    def _fits(self, name: str, places: int, limits: Limits) -> bool:
        if self.taken + places <= limits.most:
            return True
        free = limits.most + limits.spare - self.taken
        caller = self._callers.get(name)
        held = caller.held if caller is not None else 0
        return places <= free and held + places <= min(free, self._share(name, limits))

    def _may_wait(self, name: str, places: int, limits: Limits) -> bool:
        caller = self._callers.get(name)
        has = caller.held + caller.wanted if caller is not None else 0
        if has + places > max(1, self._share(name, limits)):
            return False
        if self.waiting < limits.queue:
            return True
        most = self._callers.get(self._most_waiting.first() or "")
        mine = len(caller.waiting) if caller is not None else 0
        return most is not None and len(most.waiting) > mine + 1

    def _share(self, name: str, limits: Limits) -> int:
        return limits.most // (len(self._callers) + (name not in self._callers))

    def _fill(self) -> None:
        """Let in who waits, the caller with the fewest places first, as long as there is room."""
        limits = self._limits()
        while (name := self._fewest.first()) is not None:
            caller = self._callers[name]
            turn, (_, places) = next(iter(caller.waiting.items()))
            if turn.done():  # its task is cancelled, and has not come to saying so
                self._forget(name, turn)
                continue
            if not self._fits(name, places, limits):
                return
            self._count(name, caller, places)
            self._forget(name, turn)
            turn.set_result(None)

    def _shed(self) -> None:
        """Turn away the last of the caller for whom most are waiting."""
        name = self._most_waiting.first()
        if name is not None:
            turn = next(reversed(self._callers[name].waiting))
            self._forget(name, turn)
            if not turn.done():
                turn.set_exception(self._too_many())

    def _expire(self, name: str, turn: Turn) -> None:
        if not turn.done():
            turn.set_exception(self._too_many())
        self.give_up(name, turn)

    def _forget(self, name: str, turn: Turn) -> bool:
        caller = self._callers.get(name)
        if caller is None or turn not in caller.waiting:
            return False
        _, places = caller.waiting.pop(turn)
        caller.wanted -= places
        self.waiting -= 1
        self._rank(name, caller)
        return True

    def _count(self, name: str, caller: _Caller, places: int) -> None:
        caller.held += places
        self.taken += places
        self._rank(name, caller)

    def _rank(self, name: str, caller: _Caller) -> None:
        if caller.waiting:
            number, _ = next(iter(caller.waiting.values()))
            self._fewest.put(name, (caller.held, number))
            self._most_waiting.put(name, (-len(caller.waiting), number))
            return
        self._fewest.discard(name)
        self._most_waiting.discard(name)
        if not caller.held:
            del self._callers[name]
