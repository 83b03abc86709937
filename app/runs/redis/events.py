"""The events of one run in Redis: a stream of entries "<number>-0", each with one event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.runs.redis.connections import RedisConnection, answering, ask

if TYPE_CHECKING:
    from redis.asyncio import Redis

PAGE = 100
"""Events read at a time: their decoding keeps everybody else waiting for some milliseconds."""
WAIT_MS = 1500
"""How long a reader waits for an event before it looks whether there will be one at all;
shorter than what a command may take."""

# A script, since it costs this process a third of what a transaction does, and leaves nothing
# behind of a run that is not known. Entries that are there already are passed over.
_ADD = """
local run, events, last = KEYS[1], KEYS[2], KEYS[3]
local expires, number, is_last = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
if redis.call('PEXPIRE', run, expires) == 0 then return 0 end
local failure
for at = 4, #ARGV do
  local name = (is_last and at == #ARGV) and 'last' or 'event'
  local answer = redis.pcall('XADD', events, string.format('%d-0', number), name, ARGV[at])
  if answer.err and not string.find(answer.err, 'equal or smaller', 1, true) then
    failure = answer
    break
  end
  number = number + 1
end
redis.call('PEXPIRE', events, expires)
if failure then return failure end
if is_last then redis.call('SET', last, number - 1, 'PX', expires) end
return 1
"""


@dataclass(frozen=True, slots=True)
class RunKeys:
    """Where a run is kept; it expires as a whole."""

    run: str
    """Who makes it and whom it belongs to."""
    events: str
    last: str
    """The number of its last event, once that is there."""

    @classmethod
    def of(cls, prefix: str, run_id: str) -> RunKeys:
        """The keys of the run with that id."""
        # Braces: on a cluster, all of a run is in one place.
        return cls(*(f"{prefix}{{{run_id}}}:{name}" for name in ("run", "events", "last")))


@dataclass(frozen=True, slots=True)
class Entry:
    """One event and what is known of it."""

    number: int
    is_last: bool
    event: bytes


async def add(
    redis: Redis,
    keys: RunKeys,
    first_id: int,
    events: Sequence[bytes],
    *,
    is_last: bool,
    expires_ms: int,
) -> bool:
    """Add events and let all of the run expire then; False if there is no such run."""
    names = keys.run, keys.events, keys.last
    values: list[int | bytes] = [expires_ms, first_id, int(is_last), *events]
    return bool(await redis.eval(_ADD, len(names), *names, *values))


async def following(line: RedisConnection, keys: RunKeys, after: int) -> list[Entry]:
    """The next events after that number; none if there is none for a while."""
    answer = await ask(
        line, "XREAD", "COUNT", PAGE, "BLOCK", WAIT_MS, "STREAMS", keys.events, f"{after}-0"
    )
    async with answering():  # or what it gives is no such list
        entries: list[Any] = answer[0][1] if answer else []
        return [
            Entry(int(number.partition(b"-")[0]), name == b"last", event)
            for number, (name, event) in entries
        ]
