"""A worker as the others see it in Redis: whether it lives, and what it is asked to stop."""

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

from app.errors import RunStoreError
from app.runs.redis.connections import RedisConnection, RedisConnections, answering, ask
from app.runs.redis.failures import NO_REDIS, RedisFailure, failure_of

BEAT_S = 2.0
"""How often a worker says that it lives."""
BEAT_LASTS_S = 6.0
MOST_UNANSWERED = 2
"""One answer may lie there unread, if this worker was busy for as long as a beat."""
RETRY_S = 0.5
"""Pause between two tries to get back to a Redis that has gone."""

log = logging.getLogger("rag_stream.app")


class Heartbeat:
    """This worker's sign of life, and how it hears of requests to stop a run."""

    def __init__(self, connections: RedisConnections, prefix: str) -> None:
        self.name = uuid4().hex
        self._connections = connections
        self._prefix = prefix
        self._stops = f"{prefix}stop"
        self._working: asyncio.Task[None] | None = None

    async def open(self, stop: Callable[[str], None], *, must_answer: bool = True) -> None:
        """Start, for which Redis may have to be there; later it may come and go.

        `stop` is called, in the event loop, with each run that somebody asks to stop.
        """
        has_begun = asyncio.get_running_loop().create_future()
        self._working = asyncio.create_task(self._work(stop, has_begun, must_answer))
        await has_begun

    async def aclose(self) -> None:
        """Take back the sign of life; listen no longer."""
        if self._working is not None and self._working.cancel():
            await asyncio.gather(self._working, return_exceptions=True)
            with suppress(RunStoreError):
                async with self._connections.commands() as redis:
                    await redis.delete(self._beat_key(self.name))

    async def is_alive(self, name: str) -> bool:
        """Whether the worker of that name has lately said so."""
        async with self._connections.commands() as redis:
            return bool(await redis.exists(self._beat_key(name)))

    async def ask_to_stop(self, run_id: str) -> None:
        """Tell all workers, the one that makes the run among them."""
        async with self._connections.commands() as redis:
            await redis.publish(self._stops, run_id)

    async def _work(
        self, stop: Callable[[str], None], has_begun: asyncio.Future[None], must_answer: bool
    ) -> None:
        is_there = True
        while True:
            try:
                async with self._listening() as line:
                    if not has_begun.done():
                        has_begun.set_result(None)
                    elif not is_there:
                        log.info("the run store at %s answers again", self._connections.place)
                    is_there = True
                    await self._listen(line, stop)
            except Exception as error:  # noqa: BLE001 - whatever it was, we have to come back
                failure = failure_of(error.__cause__ or error)
                if not has_begun.done() and must_answer:
                    away = RunStoreError("the run store does not answer")
                    away.__cause__ = failure
                    has_begun.set_exception(away)
                    return
                if not has_begun.done():
                    has_begun.set_result(None)
                if is_there:
                    words = "the run store (REDIS_URL, %s) does not answer, no runs are shared: %s"
                    log.warning(words, self._connections.place, failure)
                is_there = False
            await asyncio.sleep(RETRY_S)

    @asynccontextmanager
    async def _listening(self) -> AsyncGenerator[RedisConnection]:
        async with self._connections.line() as line:
            answer = await ask(line, "SUBSCRIBE", self._stops)
            if not isinstance(answer, list) or answer[:1] != [b"subscribe"]:
                raise RedisFailure(NO_REDIS)
            await self._beat()
            yield line

    async def _listen(self, line: RedisConnection, stop: Callable[[str], None]) -> None:
        """Do as we are told and say that we live; fail once Redis has gone or says nothing."""
        loop = asyncio.get_running_loop()
        next_beat = loop.time() + BEAT_S
        unanswered = 0
        while True:
            try:
                # Not redis-py's own time limit, which takes a dead connection's "timed out"
                # for its own and says, again and again, that there is nothing to read.
                async with asyncio.timeout_at(next_beat):
                    message = await line.read_response(timeout=math.inf, disconnect_on_error=False)
            except TimeoutError:
                if unanswered == MOST_UNANSWERED:
                    raise RedisFailure(f"no answer to {unanswered} PINGs") from None
                await self._beat()
                async with answering():
                    await line.send_command("PING")
                unanswered += 1
                next_beat = loop.time() + BEAT_S
                continue
            if message is None:
                raise RedisFailure("a connection that has timed out")
            if message[0] == b"message":
                _tell(stop, message[2].decode(errors="replace"))
            else:
                unanswered = 0

    async def _beat(self) -> None:
        async with self._connections.commands() as redis:
            await redis.set(self._beat_key(self.name), b"1", px=int(BEAT_LASTS_S * 1000))

    def _beat_key(self, name: str) -> str:
        return f"{self._prefix}worker:{name}"


def _tell(stop: Callable[[str], None], run_id: str) -> None:
    try:
        stop(run_id)
    except Exception:  # a mistake there must not end the listening
        log.exception("run %s could not be stopped", run_id)
