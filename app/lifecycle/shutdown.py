"""The end of a worker: nobody new comes in, and those inside may finish.

It begins with the signal and not when the server closes: by then it would refuse
connections, where a load balancer wants to hear 503, and nobody could be told anything.
"""

import asyncio
import logging
import signal
import threading
from typing import Any

from app.errors import ShuttingDownError
from app.lifecycle.admission import Admission

log = logging.getLogger("rag_stream.app")
SIGNALS = (signal.SIGTERM, signal.SIGINT)
TELLING_S = 2.0
"""How long those who are told to end have for it, runs and their readers together."""


class Shutdown:
    """Stands before the server's own signal handlers while the application is up."""

    def __init__(self, admission: Admission, within_s: float) -> None:
        self._admission = admission
        self._within_s = within_s
        self._loop = asyncio.get_running_loop()
        self._before: dict[int, Any] = {}
        self._hurry = asyncio.Event()
        self._draining: asyncio.Task[None] | None = None

    def install(self) -> None:
        """Take the signals; nothing where they are not ours to take (another thread's loop)."""
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                self._before[number] = signal.signal(number, self._on_signal)

    async def aclose(self) -> None:
        """Give the signals back."""
        self._restore()
        if self._draining is not None:
            self._draining.cancel()
            await asyncio.gather(self._draining, return_exceptions=True)

    def _on_signal(self, number: int, frame: Any) -> None:
        self._loop.call_soon_threadsafe(self._begin, number)

    def _begin(self, number: int) -> None:
        if self._draining is None:
            self._admission.close()
            log.warning(
                "shutting down; runs that may finish within %g s: %d",
                self._within_s,
                self._admission.count,
            )
            self._draining = self._loop.create_task(self._wait_and_stop(number))
        elif number == signal.SIGINT:
            self._hurry.set()  # a second Ctrl-C; a supervisor repeats itself with SIGTERM

    async def _wait_and_stop(self, number: int) -> None:
        admission = self._admission
        reason = ShuttingDownError("the service was shut down during the answer")
        await _first_of(admission.empty(), self._hurry.wait(), timeout_s=self._within_s)
        admission.stop_all(reason)
        await _first_of(admission.empty(), timeout_s=TELLING_S / 2)
        admission.stop_readers(reason)  # of runs that other workers go on with
        await _first_of(admission.empty(), timeout_s=TELLING_S / 2)
        admission.abandon_all()
        before = self._before.get(number)
        self._restore()
        if callable(before):
            before(number, None)  # now the server may close
        else:
            signal.raise_signal(number)

    def _restore(self) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        self._before.clear()


async def _first_of(*waits: Any, timeout_s: float) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
