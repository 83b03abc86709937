"""Mixed faults, one at a time: what a model, a client or a network does wrong.

Each is a coroutine that asks the service for something, behaves badly, and returns what was
wrong with the answer, or an empty text.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count

from bench.call import Address
from bench.endings import speech
from bench.endings.client import ENDPOINTS, Client, ask, exchange, request
from bench.endings.ending import Ending, ending
from bench.pace import Pace

LIMIT_S = 40.0
SETTINGS: dict[str, object] = {
    "RAG_CONNECT_TIMEOUT_S": 2,
    "RAG_FIRST_BYTE_S": 0.7,
    "RAG_FIRST_TOKEN_TIMEOUT_S": 1.5,
    "RAG_TOKEN_TIMEOUT_S": 1.5,
    "RAG_SEND_TIMEOUT_S": 2,
    "RAG_BODY_TIMEOUT_S": 1,
    "RAG_RESUME_S": 2,
}
"""Short, so that what hangs does not hang for long; and runs are soon no longer kept."""
_WELL = {
    "split_character": "completed",
    "one_byte": "completed",
    "no_done": "completed",
    "slow_headers:0.9": "completed",
    "megabyte:300000": "completed",
    "many_tokens:3000": "completed",
    "length": "truncated",
    "content_filter": "truncated",
}
_FAILS = (
    *("status_400", "status_401", "status_403", "status_404", "status_429", "status_429_plain"),
    *("status_429_soon", "status_500", "status_503", "refuse", "html_error", "html_page"),
    *("hang_before_headers", "hang_after_headers", "hang_before_token", "hang_middle"),
    *("drop_before_token_rst", "drop_before_token_fin", "drop_middle_rst", "drop_middle_fin"),
    *("drop_in_chunk", "bad_json", "bad_json_middle", "half_character", "empty_stream"),
    *("no_finish", "no_finish_but_done", "error_before", "error_middle", "length_too_long"),
    "length_too_short",
)
_MODEL = (*_WELL, *_FAILS)
_STREAMED = ("stream", "stream_log", "stream_events")
_PACED = Pace(40, 60, 100)


@dataclass
class Mischief:
    """Somebody who makes faults, by a random order that can be had again."""

    address: Address
    seed: int
    done: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    async def round(self, faults: int, at_once: int) -> None:
        """Make so many faults, so many at a time."""
        kinds: list[tuple[Callable[[], Awaitable[str]], int]] = [
            (self._model_fault, 34),
            (self._disconnect, 32),
            (self._half_a_body, 7),
            (self._never_reads, 5),
            (self._deletes, 8),
            (self._resumes, 10),
            (self._goes_on_alone, 4),
        ]
        acts, weights = zip(*kinds, strict=True)
        chosen = iter(self._random.choices(acts, weights, k=faults))

        async def one_after_the_other() -> None:
            for act in chosen:
                name = act.__name__.strip("_").replace("_", " ")
                self.done[name] = self.done.get(name, 0) + 1
                try:
                    wrong = await act()
                except OSError as error:
                    wrong = f"{type(error).__name__}: {error}"
                if wrong:
                    self.wrong.append(f"{name}: {wrong}")

        await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))

    async def _model_fault(self) -> str:
        number, endpoint = next(self._numbers), self._random.choice(ENDPOINTS)
        name = _MODEL[number % len(_MODEL)]
        asked = f"What is retrieval, {number}? fault:{name}"
        found = ending(await exchange(self.address, ask(asked, endpoint), LIMIT_S), endpoint)
        expected = _WELL.get(name, "failed")
        if endpoint in ("stream_log", "stream_events") and expected != "failed":
            expected = "completed"  # their last event does not say how
        return _unless(found, expected, f"{name} on {endpoint}")

    async def _disconnect(self) -> str:
        """At any moment, from before the request is there to after the answer."""
        endpoint = self._random.choice(ENDPOINTS)
        client = await Client.connect(self.address)
        client.send(ask(self._question(), endpoint))
        await client.until(lambda: client.is_closed, self._random.uniform(0, 1.2))
        client.leave(resets=self._random.random() < 0.5)
        return ""

    async def _half_a_body(self) -> str:
        endpoint, waits = self._random.choice(ENDPOINTS), self._random.random() < 0.5
        sent = ask(self._question(), endpoint)
        client = await Client.connect(self.address)
        client.send(sent[: -self._random.randint(1, 60)])
        if waits:
            found = ending(await client.end(LIMIT_S), endpoint)
            return "" if found.code == "body_timeout" else f"ended {found.how} {found.code}"
        await asyncio.sleep(self._random.uniform(0, 0.5))
        client.leave(resets=self._random.random() < 0.5)
        return ""

    async def _never_reads(self) -> str:
        """Of a text without an end; the service has to give it up by itself."""
        client = await Client.connect(self.address, small_buffer=True)
        client.stop_reading()
        endpoint = self._random.choice(_STREAMED)
        client.send(ask(f"What is flooding, {next(self._numbers)}? fault:flood", endpoint))
        await asyncio.sleep(4)
        client.leave()
        return ""

    async def _deletes(self) -> str:
        client = await self._begun()
        first = ending(bytes(client.data))
        await asyncio.sleep(self._random.uniform(0, 0.6))
        path = f"/rag/runs/{first.run_id}"
        stopped = ending(await exchange(self.address, request("DELETE", path), LIMIT_S))
        found = ending(await client.end(LIMIT_S))
        if stopped.status != 204:
            return f"DELETE: {stopped.status} {stopped.code}"
        if found.how == "failed" and found.code == "cancelled":
            return ""
        return _unless(found, "completed", "stopped")  # it may have been too late

    async def _resumes(self) -> str:
        client = await self._begun()
        await asyncio.sleep(self._random.uniform(0, 0.6))
        client.leave()
        first = ending(bytes(client.data))
        after = first.events[-1].id if first.events else 0
        path = f"/rag/runs/{first.run_id}/stream?after={after}"
        found = ending(await exchange(self.address, request("GET", path), LIMIT_S))
        return "" if found.how == "empty" else _unless(found, "completed", "resumed")

    async def _goes_on_alone(self) -> str:
        (await self._begun()).leave()
        return ""

    async def _begun(self) -> Client:
        """A run that goes on without its client, after its first event."""
        client = await Client.connect(self.address)
        client.send(ask(self._question(), goes_on=True))
        if not await client.until(lambda: b"event: data" in client.data, LIMIT_S):
            client.leave()
            raise ConnectionError(f"no stream began: {bytes(client.data)[:300]!r}")
        return client

    def _question(self) -> str:
        return speech.question(next(self._numbers), _PACED)


def _unless(found: Ending, how: str, what: str) -> str:
    if found.how == how and not found.wrong:
        return ""
    return f"{what}: {found.how} ({found.status} {found.code}) {found.wrong}".strip()
