"""The way to a Chroma server: straight over our own connections, or through a proxy."""

import asyncio
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from rag_stream.http.pool import HttpPool, Origin
from rag_stream.http.response import ConnectFailedError, HttpError, TimedOutError, whole
from rag_stream.http.unpacked import PLAIN, Unpacked
from rag_stream.index.brokered import BrokerConnector
from rag_stream.index.connections import SCHEME, path_of

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 30.0
MOST_ANSWER = 8 * 1024 * 1024
"""Bytes of an answer to a question's calls."""
MOST_PAGE = 256 * 1024 * 1024
"""The same of a thousand whole records, with or without their vectors."""
CONNECT_TIMEOUT_S = 5.0
AT_ONCE = 16
"""Calls to a server at a time. It works on as many as it has cores; the others would only
wait there instead of here, at 200 KB of its memory each that it does not give back."""


class Link(Protocol):
    """One server and the headers that every request to it carries."""

    async def call(
        self, method: str, path: str, content: bytes | None, most: int = MOST_ANSWER
    ) -> tuple[int, bytes]:
        """Status and body of the answer, of `most` bytes. Raises HttpError, TimeoutError."""
        ...

    async def aclose(self) -> None: ...


class DirectLink:
    """Over our own connections: each question makes a call, and this costs the least."""

    def __init__(
        self, url: str, headers: dict[str, str], connect_timeout_s: float = CONNECT_TIMEOUT_S
    ) -> None:
        """`url`: HTTP, or the address of a folder's own server (`connections.py`)."""
        self._connect_timeout_s = connect_timeout_s
        broker = BrokerConnector(path_of(url)) if url.startswith(SCHEME) else None
        parts = urlsplit("http://localhost" if broker else url)
        is_secure = parts.scheme == "https"
        host, port = parts.hostname or "", parts.port or (443 if is_secure else 80)
        self._origin = Origin(host, port, is_secure)
        self._path = parts.path.rstrip("/")
        named = {"host": parts.netloc.rpartition("@")[2], **headers}
        self._headers = [(k.encode("ascii"), v.encode("latin-1")) for k, v in named.items()]
        self._pool = HttpPool(connector=broker)
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def call(
        self, method: str, path: str, content: bytes | None, most: int = MOST_ANSWER
    ) -> tuple[int, bytes]:
        body = content or b""
        length = (b"content-length", b"%d" % len(body))
        async with asyncio.timeout(TIMEOUT_S), self._turns:
            answer = await self._pool.send(
                self._origin,
                method.encode("ascii"),
                f"{self._path}{path}".encode("ascii"),
                [*self._headers, length],
                body,
                connect_timeout_s=self._connect_timeout_s,
            )
            try:
                return answer.status, await answer.read(most)
            finally:
                answer.close()

    async def aclose(self) -> None:
        await self._pool.aclose()


class ProxiedLink:
    """Through a proxy of the environment, by a library that knows how."""

    def __init__(
        self,
        url: str,
        headers: dict[str, str],
        proxy: str,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
    ) -> None:
        self._url, self._headers, self._proxy = url.rstrip("/"), headers, proxy
        self._connect_timeout_s = connect_timeout_s
        self._client: httpx.AsyncClient | None = None

    async def call(
        self, method: str, path: str, content: bytes | None, most: int = MOST_ANSWER
    ) -> tuple[int, bytes]:
        import httpx  # here, because hardly any service needs it

        if self._client is None:
            timeout = httpx.Timeout(TIMEOUT_S, connect=self._connect_timeout_s)
            self._client = httpx.AsyncClient(
                headers={**self._headers, **PLAIN}, proxy=self._proxy, timeout=timeout
            )
        try:
            async with self._client.stream(method, self._url + path, content=content) as answer:
                return answer.status_code, await whole(Unpacked(answer), most)
        except httpx.ConnectTimeout as error:
            raise TimedOutError(str(error), connecting=True) from error
        except httpx.TimeoutException as error:
            raise TimeoutError(str(error)) from error
        except httpx.HTTPError as error:
            raise HttpError(str(error)) from error
        except RuntimeError as error:  # another task has closed this client
            raise ConnectFailedError(str(error)) from error

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
