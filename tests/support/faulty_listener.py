"""Where the faulty model listens: in a thread, and away or deaf when a test wants it so."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

from tests.support.faulty_link import Link

MOMENT_S = 0.005
_IN_QUEUE = 0.1


class FaultyListener:
    """A server in a thread with an event loop of its own, and the connections that are open."""

    def __init__(self, new_link: Callable[[], Link], host: str, port: int) -> None:
        self._new_link = new_link
        self._listener = socket.create_server((host, port), backlog=2048)
        self._address: tuple[str, int] = self._listener.getsockname()[:2]
        self.links: set[Link] = set()

    @property
    def url(self) -> str:
        return f"http://{self._address[0]}:{self._address[1]}/v1"

    @property
    def connections(self) -> int:
        """How many connections are open at this moment, kept ones included."""
        return len(self.links)

    def run(self) -> None:
        """Serve in this thread until told to stop."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        await self._listen()
        await self._stop.wait()
        await self._deafen()

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(
            self._new_link, sock=self._listener, backlog=2048
        )

    async def _deafen(self) -> None:
        self._server.close()
        links = list(self.links)
        for link in links:
            assert link.transport is not None
            link.transport.abort()
        await asyncio.gather(*(link.gone.wait() for link in links))

    @contextmanager
    def away(self) -> Iterator[None]:
        """Down meanwhile: new connections are refused, old ones reset."""
        self._call(self._deafen())
        try:
            yield
        finally:
            self._listener = socket.create_server(self._address, backlog=2048)
            self._call(self._listen())

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """No connection can be made meanwhile, and none is refused: as behind a firewall."""
        with self.away(), ExitStack() as stack:
            stack.enter_context(socket.create_server(self._address, backlog=0))
            for _ in range(4):  # more than its queue takes: the next ones get no reply
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(self._address)
            sleep(_IN_QUEUE)
            yield

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.run, name="faulty-model", daemon=True)
        self._thread.start()
        deadline = monotonic() + 10
        while not hasattr(self, "_server"):
            if not self._thread.is_alive() or monotonic() > deadline:
                raise RuntimeError("the faulty model did not start")
            sleep(MOMENT_S)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._listener.close()
