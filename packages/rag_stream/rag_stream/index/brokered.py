"""Connections of an event loop that a broker hands out (`broker.py`)."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rag_stream.http.happy_eyeballs import Connector, wrap
from rag_stream.index.connections import handed


class BrokerConnector(Connector):
    """Connects to whatever a broker leads to."""

    def __init__(self, path: str) -> None:
        """`path`: of the broker's socket."""
        super().__init__()
        self._path = path

    async def connect(
        self, factory: Callable[[], asyncio.BaseProtocol], host: str, port: int, **options: Any
    ) -> None:
        """As the loop's create_connection; host and port say nothing. Raises OSError."""
        link = await _take(self._path)
        link.setblocking(False)
        await wrap(asyncio.get_running_loop(), factory, link, options)


async def _take(path: str) -> socket.socket:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX) as broker:
        broker.setblocking(False)
        await loop.sock_connect(broker, path)
        is_there = loop.create_future()
        loop.add_reader(broker, _set, is_there)
        try:
            await is_there
        finally:
            loop.remove_reader(broker)
        return handed(broker)


def _set(future: asyncio.Future[None]) -> None:
    with suppress(asyncio.InvalidStateError):
        future.set_result(None)
