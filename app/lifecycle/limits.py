"""How many runs a worker may have at a time, and how many of what kind."""

from dataclasses import dataclass, replace
from typing import Self

from rag_stream.settings import Settings

WAIT_S = 2.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one worker; `spare` and `unread` come on top of `most`."""

    most: int
    """Places for anybody, be it a single caller."""
    spare: int
    """Further ones, for callers who have fewer than their share while others have all."""
    unread: int
    """For runs that go on though their reader has gone."""
    wait_s: float = WAIT_S
    """How long such a caller waits for a place where the spare ones are taken too."""

    @classmethod
    def to(cls, most: int) -> Self:
        """A quarter as many again of each of the others."""
        return cls(most, _quarter(most), _quarter(most))

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As the settings have it."""
        most, spare, unread = settings.max_streams, settings.spare_streams, settings.max_unread
        return cls(
            most,
            _quarter(most) if spare is None else spare,
            _quarter(most) if unread is None else unread,
            settings.place_timeout_s,
        )

    @property
    def together(self) -> int:
        """How many may be at work."""
        return self.most + self.spare + self.unread

    def within(self, bound: int) -> Self:
        """At most so many together, in the same proportion."""
        if self.together <= bound:
            return self
        spare, unread = (kind * bound // self.together for kind in (self.spare, self.unread))
        return replace(self, most=max(1, bound - spare - unread), spare=spare, unread=unread)

    @property
    def queue(self) -> int:
        """How many may wait for a place."""
        return _quarter(self.most)


def _quarter(most: int) -> int:
    return -(-most // 4)
