"""One call to a Chroma server: sent, tried again where that may help, its failure told."""

import asyncio
from pathlib import Path
from typing import Any

import orjson

from rag_stream.errors import IndexConnectTimeoutError, IndexUnavailableError
from rag_stream.http.response import BrokenOffError, HttpError, TimedOutError, TooLongError
from rag_stream.index.full_disk import told_full
from rag_stream.index.transport import MOST_ANSWER, Link

PAUSES_S = (0.05, 0.1, 0.2, 0.4)
"""Before a read that the server failed at, or broke off, is tried again: it looks up in a second
step what it found in the first, and fails where a writer has deleted that in between."""


class CollectionGoneError(IndexUnavailableError):
    """The collection was deleted or replaced after it was looked up."""


class Calls:
    """To one server; its paths are below `base`."""

    def __init__(self, link: Link, base: str, folder: Path | None) -> None:
        """`folder`: the server's, where it is one of ours."""
        self._link = link
        self._base = base
        self._folder = folder

    async def aclose(self) -> None:
        await self._link.aclose()

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        missing_ok: bool = False,
        conflict_ok: bool = False,
        most: int = MOST_ANSWER,
    ) -> Any:
        """The answer's JSON; None for what may be missing, or there already.

        Raises CollectionGoneError, IndexUnavailableError.
        """
        content = None if body is None else orjson.dumps(body)
        is_read = method == "GET" or path.endswith(("/query", "/get"))
        for pause_s in (*PAUSES_S, None) if is_read else (None,):
            try:
                status, answer = await self._link.call(method, self._base + path, content, most)
            except TimedOutError as error:
                raise IndexConnectTimeoutError(
                    "the index server did not take a connection in time"
                ) from error
            except TooLongError as error:
                raise IndexUnavailableError(f"the index server sent {error}") from error
            except (HttpError, TimeoutError) as error:
                if isinstance(error, BrokenOffError) and pause_s is not None:
                    await asyncio.sleep(pause_s)
                    continue
                raise IndexUnavailableError("the index server does not answer") from error
            if status < 500 or pause_s is None:
                break
            await asyncio.sleep(pause_s)
        if status < 400:
            try:
                return orjson.loads(answer)
            except orjson.JSONDecodeError as error:
                raise IndexUnavailableError("what answers is no index server") from error
        if status == 404:
            if missing_ok:
                return None
            raise CollectionGoneError("the index was replaced while it was read")
        if status == 409 and conflict_ok:
            return None
        words = f"the index server refused a request (status {status})"
        if status >= 500:
            told = asyncio.to_thread(told_full, answer, self._folder, wrote=not is_read)
            words = await told or words
        raise IndexUnavailableError(words) from RuntimeError(f"{method} {path}: {answer[:500]!r}")
