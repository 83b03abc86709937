"""Whether and when an address is asked again: for what passes, a few times, not for long. Pure.

Servers that are asked for many pages answer 429 or 503 and say when to come back; what is not
waited for is a page that is missing afterwards. Pauses of our own choice are drawn at random
(https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that may be other ones a moment later."""

_LONGEST = 100
"""Characters of a Retry-After."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long one address is asked, in seconds."""

    tries: int = 4
    first_pause: float = 0.5
    longest_pause: float = 60.0
    """A Retry-After that is longer is told instead."""
    total: float = 180.0
    """From the first failure on, tries included."""

    def pause(self, failed: int, since: float, asked_for: float | None) -> float | None:
        """Seconds before the next try, None where there is none.

        `failed`: tries so far; `since`: seconds since the first failed; `asked_for`: Retry-After.
        """
        if failed >= self.tries:
            return None
        longest = self.first_pause * 2.0 ** (failed - 1)
        pause = random.uniform(longest / 2, longest)
        if asked_for is not None:
            if asked_for > self.longest_pause:
                return None
            pause = max(pause, asked_for + random.uniform(0, self.first_pause / 2))
        return pause if since + pause <= self.total else None


PATIENCE = Patience()
NO_PATIENCE = Patience(tries=1)


def seconds_of(retry_after: str | None, now: datetime | None = None) -> float | None:
    """What a Retry-After asks for; None for none and for what cannot be read."""
    value = (retry_after or "").strip()
    if len(value) > _LONGEST:
        return None
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    try:
        return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())
    except OverflowError:
        return None
