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


class Deadlines:
    """The waits for one answer. Between `wait` and `arrived` it may cancel the waiting task."""

    def __init__(self, limits: Limits, started: float, model: str) -> None:
        """`started`: when the question came, by the running loop's clock."""
        self._loop = asyncio.get_running_loop()
        self._limits = limits
        self._started = started
        self._model = model
        self._asked = self._loop.time()
        self._since = self._asked
        self._given: float | None = None
        self._cancelling = 0
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
        """The running task waits for the model from now on. Raises ModelTimeoutError."""
        self._waiting = asyncio.current_task()
        self._cancelling = self._waiting.cancelling() if self._waiting else 0
        self._since = now = self._loop.time()
        if self._given is not None:  # what its reader took is not the model's
            self._asked += now - self._given
            self._given = None
        if self._timer is None:  # it went off while the reader had the answer
            due, kind, words = self._due()
            if due <= now:
                raise kind(f"the chat model {self._model!r} {words}")
            self._timer = self._loop.call_at(due, self._look_at_clock)

    def arrived(self, has_text: bool) -> None:
        """Something has come: text, or only a sign of life. Raises ModelTimeoutError."""
        self.raise_if_expired()  # where the cancellation got lost on its way
        self._given = self._loop.time()
        if has_text and not self._has_text:
            self._has_text = True
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(self._due()[0], self._look_at_clock)

    def raise_if_expired(self) -> None:
        """Raise ModelTimeoutError if we cancelled the wait that is over, and nobody else did."""
        waiting, self._waiting = self._waiting, None
        if self._expired is None or waiting is None:
            return
        expired, self._expired = self._expired, None
        if waiting.uncancel() <= self._cancelling:
            raise expired

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
            self._timer = None  # the reader has it; `wait` goes on from here
        else:
            self._expired = kind(f"the chat model {self._model!r} {words}")
            self._waiting.cancel()
