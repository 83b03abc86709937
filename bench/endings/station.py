"""What a measurement needs around it: an index, the model, Redis, and the service over them."""

import asyncio
import json
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import notes
from bench.call import Address
from bench.endings import speech
from bench.endings.client import ENDPOINTS, ask, exchange
from bench.endings.vitals import Vitals, vitals
from bench.pace import Pace
from bench.process import Process
from bench.subject import SubjectError, fetch
from tests.support.redis_server import RedisServer

START_LIMIT_S = 90.0
_RESTING_S = 0.03
APP = ("-m", "app")
WATCHED = ("-m", "bench.endings.watched")
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Station:
    """One service at work, over a model of its own."""

    workers: int
    port: int
    process: Process
    upstream_port: int

    @property
    def address(self) -> Address:
        return ("127.0.0.1", self.port)

    async def upstream(self, page: str) -> Any:
        """What the model has to tell: `stats`, `calls`, `retrievals`."""
        status, body = await asyncio.to_thread(fetch, self.upstream_port, f"/{page}", 30.0)
        if status != 200:
            raise SubjectError(f"the stand-in model does not answer:\n{self.process.tail()}")
        return json.loads(body)

    async def until_idle(self, limit_s: float = 20.0) -> int:
        """Wait until the model has nothing to do; how many requests it still has."""
        return await self._live(lambda live: live == 0, limit_s)

    async def until_live(self, count: int, limit_s: float = 10.0) -> int:
        """Wait until the model answers so many requests; how many it does."""
        return await self._live(lambda live: live >= count, limit_s)

    async def warm(self, questions: int = 40) -> None:
        """Each worker is there, and has done its first of everything."""
        await self._settle()
        numbers = iter(range(questions))

        async def one_after_the_other() -> None:
            for number in numbers:
                endpoint = ENDPOINTS[number % 5] if number < 100 else "invoke"
                asked = speech.question(1_000_000 + number, Pace(1))
                await exchange(self.address, ask(asked, endpoint))

        await asyncio.gather(*(one_after_the_other() for _ in range(20)))
        await self.upstream("forget")

    async def _settle(self, limit_s: float = 30.0) -> None:
        """Wait until it no longer works: the first worker is ready before the others are."""
        deadline = time.monotonic() + limit_s
        used_s, before_s = self._cpu_s(), 0.0
        while used_s - before_s > _RESTING_S and time.monotonic() < deadline:
            await asyncio.sleep(0.5)
            used_s, before_s = self._cpu_s(), used_s

    def _cpu_s(self) -> float:
        return self.process.cpu_s(self.process.pids())

    async def _live(self, test: Callable[[int], bool], limit_s: float) -> int:
        deadline = time.monotonic() + limit_s
        while True:
            live: int = (await self.upstream("stats"))["live"]
            if test(live) or time.monotonic() > deadline:
                return live
            await asyncio.sleep(0.05)

    async def vitals(self) -> list[Vitals]:
        """Of each worker, by its process id; of a watched service only."""
        return await asyncio.to_thread(vitals, self.port, self.workers)


class Ground:
    """A folder with a filled index, on which stations are built one after the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        notes.write(folder / "notes")
        with _upstream(folder) as port:
            command = [sys.executable, "-m", "ingest", str(folder / "notes")]
            env = self._env(port)
            with Process(command, env=env, folder=folder, name="ingest") as filling:
                if filling.popen.wait(START_LIMIT_S) != 0:
                    raise SubjectError(f"the index cannot be filled:\n{filling.tail()}")

    @contextmanager
    def station(
        self, workers: int, command: Sequence[str] = APP, **settings: object
    ) -> Iterator[Station]:
        """A service with these settings; several workers share their runs through Redis."""
        port = _free_port()
        with ExitStack() as stack:
            upstream_port = stack.enter_context(_upstream(self._folder))
            redis = stack.enter_context(RedisServer()) if workers > 1 else None
            env = self._env(upstream_port) | {
                "HOST": "127.0.0.1",
                "PORT": str(port),
                "WEB_CONCURRENCY": str(workers),
                "REDIS_URL": redis.url if redis else "",
                **{name: str(value) for name, value in settings.items()},
            }
            name = f"service-{next(_NUMBERS)}"
            own = stack.enter_context(
                Process([sys.executable, *command], env=env, folder=self._folder, name=name)
            )
            _await_ready(own, port)
            yield Station(workers, port, own, upstream_port)

    def _env(self, upstream_port: int) -> dict[str, str]:
        return {
            "OPENAI_API_KEY": "sk-bench",
            "OPENAI_BASE_URL": f"http://127.0.0.1:{upstream_port}/v1",
            "RAG_CHAT_MODEL": "openai:gpt-4o-mini",
            "RAG_REWORD": "off",  # each question asks the model once, which is counted
            "RAG_EMBEDDINGS": "openai:text-embedding-3-small",
            "RAG_CHROMA_PATH": str(self._folder / "chroma"),
        }


@contextmanager
def _upstream(folder: Path) -> Iterator[int]:
    name = f"upstream-{next(_NUMBERS)}"
    command = (sys.executable, "-m", "bench.endings.upstream")
    with Process(command, env={}, folder=folder, name=name) as own:
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline and own.popen.poll() is None:
            if own.tail().endswith("\n"):
                yield int(urlsplit(own.tail().strip()).port or 0)
                return
            time.sleep(0.02)
        raise SubjectError(f"the stand-in model does not start:\n{own.tail()}")


def _await_ready(own: Process, port: int) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and own.popen.poll() is None:
        if fetch(port, "/readyz")[0] == 200:
            return
        time.sleep(0.02)
    raise SubjectError(f"the service does not start:\n{own.tail()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
