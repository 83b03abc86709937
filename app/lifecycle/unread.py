"""The places of runs that go on though their reader has gone."""

from collections import OrderedDict
from collections.abc import Callable
from itertools import count

from app.lifecycle.ranking import Ranking
from app.lifecycle.ticket import Ticket


class _Caller:
    def __init__(self) -> None:
        self.alone: OrderedDict[Ticket, int] = OrderedDict()
        """Without a reader, for the longest time first."""
        self.read: OrderedDict[Ticket, int] = OrderedDict()
        """Those whose reader came back when there was no ordinary place."""

    def __len__(self) -> int:
        return len(self.alone) + len(self.read)


class Unread:
    """So many of them, and no more; who has the most gives one up."""

    def __init__(self, most: Callable[[], int]) -> None:
        self._most = most
        self._callers: dict[str, _Caller] = {}
        self._by_count = Ranking()
        self._numbers = count()
        self.count = 0

    def __contains__(self, ticket: Ticket) -> bool:
        caller = self._callers.get(ticket.address)
        return caller is not None and (ticket in caller.alone or ticket in caller.read)

    def add(self, ticket: Ticket) -> Ticket | None:
        """A run has lost its reader; returns the one that has to end for it, if one has to.

        It is one of the caller who has the most: the one without a reader for the longest
        time, which is the least likely to be come back to. It counts no more.
        """
        self.remove(ticket)
        caller = self._callers.setdefault(ticket.address, _Caller())
        caller.alone[ticket] = next(self._numbers)
        self.count += 1
        self._rank(ticket.address, caller)
        if self.count <= self._most():
            return None
        most = self._callers[self._by_count.first() or ""]
        over = next(iter(most.alone or most.read))
        self.remove(over)
        return over

    def read_again(self, ticket: Ticket) -> None:
        """A run that keeps its place here has a reader again."""
        caller = self._callers[ticket.address]
        caller.read[ticket] = caller.alone.pop(ticket)
        self._rank(ticket.address, caller)

    def remove(self, ticket: Ticket) -> None:
        """A run has ended or has another place; nothing where it has none here."""
        if ticket not in self:
            return
        caller = self._callers[ticket.address]
        (caller.alone if ticket in caller.alone else caller.read).pop(ticket)
        self.count -= 1
        self._rank(ticket.address, caller)

    def _rank(self, name: str, caller: _Caller) -> None:
        if not len(caller):
            del self._callers[name]
            self._by_count.discard(name)
            return
        oldest = next(iter((caller.alone or caller.read).values()))
        self._by_count.put(name, (-len(caller), oldest))
