"""Who comes first among some whose ranks change."""

import heapq

Rank = tuple[int, int]


class Ranking:
    """Names by rank, the lowest first; each change costs the logarithm of how many there are."""

    def __init__(self) -> None:
        self._ranks: dict[str, Rank] = {}
        self._heap: list[tuple[Rank, str]] = []
        """Holds entries that are no longer true, too, until they come up."""

    def __len__(self) -> int:
        return len(self._ranks)

    def put(self, name: str, rank: Rank) -> None:
        """Add a name, or change its rank."""
        if self._ranks.get(name) == rank:
            return
        self._ranks[name] = rank
        heapq.heappush(self._heap, (rank, name))
        if len(self._heap) > 2 * len(self._ranks) + 16:
            self._heap = [(rank, name) for name, rank in self._ranks.items()]
            heapq.heapify(self._heap)

    def discard(self, name: str) -> None:
        """Take a name out, if it is there."""
        self._ranks.pop(name, None)

    def first(self) -> str | None:
        """The name of the lowest rank; None where there is none."""
        while self._heap:
            rank, name = self._heap[0]
            if self._ranks.get(name) == rank:
                return name
            heapq.heappop(self._heap)
        return None
