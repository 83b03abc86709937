"""The model that all measurements stand before: the tests' faulty one, and it can speak.

It answers at a pace, and keeps record of requests for embeddings too, which are the model's
work as well: `GET /retrievals`. Times are of time.monotonic, as the driver's.
`python -m bench.endings.upstream` prints its address.
"""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from time import monotonic
from typing import Any

from bench import pace
from bench.endings import speech
from bench.pace import Pace
from tests.support.exchange import Exchange
from tests.support.faults import FAULTS
from tests.support.faulty_link import ChatCall
from tests.support.faulty_model import EMBEDDINGS, FaultyModel


async def _spoken(exchange: Exchange) -> None:
    """Tokens one by one, in time; those that are late go out together."""
    asked = str(exchange.body["messages"][-1]["content"])
    wanted = pace.find(asked) or Pace()
    texts = speech.tokens(int(exchange.number or 0), wanted.tokens)
    await exchange.begin()
    started = monotonic() + wanted.first_ms / 1000
    sent = 0
    while sent < len(texts):
        wait_s = started + (sent / wanted.rate if wanted.rate else 0.0) - monotonic()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        due = int((monotonic() - started) * wanted.rate + 1e-3) + 1 if wanted.rate else sent + 1
        due = max(due, sent + 1)
        await exchange.tokens(*texts[sent:due])
        sent = due
    await exchange.finish()


class Upstream(FaultyModel):
    """The faulty model, with a record of what asked for embeddings."""

    def __init__(self) -> None:
        super().__init__()
        self.retrievals: list[ChatCall] = []

    def note(self, path: str, body: dict[str, Any]) -> ChatCall | None:
        if path != EMBEDDINGS:
            return super().note(path, body)
        call = ChatCall(_texts(body), monotonic())
        self.retrievals.append(call)
        self.live += 1
        return call

    async def answer(
        self, path: str, body: Any, call: ChatCall | None, writer: asyncio.StreamWriter
    ) -> bool:
        if path == EMBEDDINGS and call is not None:
            wanted = pace.find(call.question) or Pace()
            await asyncio.sleep(wanted.embedding_ms / 1000)
            is_whole = await super().answer(path, body, None, writer)
            self.end(call, "finished")
            return is_whole
        pages: dict[str, Callable[[], Any]] = {
            "/retrievals": lambda: [asdict(call) for call in self.retrievals],
            "/forget": self._forget,
            "/hang-up": lambda: self._hang_up(writer.transport),
        }
        if path not in pages:
            return await super().answer(path, body, call, writer)
        exchange = Exchange(writer, {}, None)
        await exchange.json(200, pages[path]())
        return exchange.is_whole

    def _hang_up(self, asking: object) -> None:
        """End connections that nothing is asked on: what is left then is somebody's leak."""
        for link in list(self.links):
            is_used = any(call.outcome == "live" for call in link.calls)
            if link.transport not in (None, asking) and not is_used:
                link.transport.close()

    def _forget(self) -> None:
        """Start the records anew; what is live has to end first."""
        self.calls.clear()
        self.retrievals.clear()


def _texts(body: dict[str, Any]) -> str:
    texts = body["input"]
    return texts if isinstance(texts, str) else " ".join(map(str, texts))


if __name__ == "__main__":
    FAULTS[speech.NAME] = _spoken
    model = Upstream()
    print(model.url, flush=True)
    model.run()
