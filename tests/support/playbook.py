"""Which script a stand-in model follows, and the record of what it was asked."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import replace
from time import monotonic, sleep
from typing import Any

from tests.support.script import Call, Script

_LOOK_AGAIN = 0.005


class Playbook:
    """Scripts by model name, one-off scripts, and every call in the order it came."""

    def __init__(self, **script: Any) -> None:
        self._default = Script(**script)
        self._scripts: dict[str, Script] = {}
        self._queues: dict[str | None, deque[Script]] = defaultdict(deque)
        self.calls: list[Call] = []

    def script(self, model: str | None = None, **changes: Any) -> None:
        """Change how one model behaves from now on, or every model without its own script."""
        if model is None:
            self._default = replace(self._default, **changes)
        else:
            self._scripts[model] = replace(self._standing(model), **changes)

    def once(self, model: str | None = None, **changes: Any) -> None:
        """Queue a behaviour for one request: the model's next, or the next of any model."""
        self._queues[model].append(replace(self._standing(model), **changes))

    def script_for(self, model: str) -> Script:
        """Return what the request at hand is to meet, and use up its one-off script."""
        for queue in (self._queues[model], self._queues[None]):
            if queue:
                return queue.popleft()
        return self._standing(model)

    @property
    def models(self) -> list[str]:
        return sorted({*self._scripts, *(call.model for call in self.calls), "gpt-4o-mini"})

    @property
    def chats(self) -> list[Call]:
        return [call for call in self.calls if call.path.endswith("/chat/completions")]

    @property
    def embeddings(self) -> list[Call]:
        return [call for call in self.calls if call.path.endswith("/embeddings")]

    @property
    def live(self) -> int:
        """How many calls are being answered at this moment."""
        return sum(call.outcome == "live" for call in self.calls)

    def wait_until(self, condition: Callable[[], bool], timeout: float = 10.0) -> None:
        """Block until the condition holds, or raise TimeoutError with the calls so far."""
        deadline = monotonic() + timeout
        while not condition():
            self._check(deadline)
            sleep(_LOOK_AGAIN)

    async def until(self, condition: Callable[[], bool], timeout: float = 10.0) -> None:  # noqa: ASYNC109
        """Do as wait_until does, without blocking the event loop."""
        deadline = monotonic() + timeout
        while not condition():
            self._check(deadline)
            await asyncio.sleep(_LOOK_AGAIN)

    def _check(self, deadline: float) -> None:
        if monotonic() > deadline:
            seen = [(call.path, call.outcome, call.tokens_sent) for call in self.calls]
            raise TimeoutError(f"the condition never held; calls so far: {seen}")

    def _standing(self, model: str | None) -> Script:
        return self._scripts.get(model or "", self._default)
