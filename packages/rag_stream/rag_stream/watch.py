"""How long an answer may keep its reader waiting, and who ends the wait.

One timer an answer, not one a token: it looks at the clock now and then, and what costs is
noting the time of each arrival. Only waiting for the model counts. While its reader takes
what there is, nothing is late, and nothing may be interrupted.
"""

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from rag_stream.errors import (
    AnswerTimeoutError,
    FirstTokenTimeoutError,
    ModelTimeoutError,
    TokenTimeoutError,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to the first text, between two arrivals after it, for the whole answer."""

    first_token_s: float
    token_s: float
    answer_s: float


class Watch:
    """The waits for one answer. Between `wait` and `arrived` it may cancel the waiting task."""

    def __init__(self, limits: Limits, started: float, model: str) -> None:
        """`started`: when the question came, by the running loop's clock."""
        self._loop = asyncio.get_running_loop()
        self._limits = limits
        self._started = started
        self._model = model
        self._asked = self._loop.time()
        self._since = self._asked
        self._has_text = False
        self._waiting: asyncio.Task[object] | None = None
        self._expired: ModelTimeoutError | None = None
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        self._timer = self._loop.call_at(self._due()[0], self._look_at_clock)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._waiting = None
        if self._timer is not None:
            self._timer.cancel()

    def wait(self) -> None:
        """The running task waits for the model from now on."""
        self._waiting = asyncio.current_task()
        self._since = self._loop.time()

    def arrived(self, has_text: bool) -> None:
        """Something has come: text, or only a sign of life."""
        self._waiting = None
        if has_text and not self._has_text:
            self._has_text = True
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(self._due()[0], self._look_at_clock)

    def raise_if_expired(self) -> None:
        """After a CancelledError: raise ModelTimeoutError if it was ours and nobody else's."""
        waiting, self._waiting = self._waiting, None
        if self._expired is not None and waiting is not None and waiting.uncancel() == 0:
            raise self._expired

    def _due(self) -> tuple[float, type[ModelTimeoutError], str]:
        limits, whole = self._limits, self._started + self._limits.answer_s
        if self._has_text:
            next_s = self._since + limits.token_s
            kind: type[ModelTimeoutError] = TokenTimeoutError
            words = f"was silent for {limits.token_s:g} s in the middle of its answer"
        else:
            next_s, kind = self._asked + limits.first_token_s, FirstTokenTimeoutError
            words = f"did not begin its answer within {limits.first_token_s:g} s"
        if whole <= next_s:
            words = f"did not finish its answer within {limits.answer_s:g} s of the question"
            return whole, AnswerTimeoutError, words
        return next_s, kind, words

    def _look_at_clock(self) -> None:
        due, kind, words = self._due()
        now = self._loop.time()
        if now < due:
            self._timer = self._loop.call_at(due, self._look_at_clock)
        elif self._waiting is None:
            # The reader has it. What it takes of its own time is nobody's delay.
            self._timer = self._loop.call_at(now + self._limits.token_s, self._look_at_clock)
        else:
            self._expired = kind(f"the chat model {self._model!r} {words}")
            self._waiting.cancel()
