"""What the index holds: its documents, and each chunk in its document."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.errors import OverloadedError, SourceNotFoundError
from app.request_headers import weights_in
from app.sources import listing, passage
from app.sources.base import base_of
from app.sources.excerpt import Span
from app.sources.search import DocumentSearch
from app.streaming.sse import dumps
from rag_stream.citations.address import SOURCES
from rag_stream.errors import InvalidInputError, RetrievalTimeoutError
from rag_stream.excerpts import shown
from rag_stream.index.documents import Listed, around
from rag_stream.pipeline.runtime import Runtime
from rag_stream.runnable import RagChain

T = TypeVar("T")
CHARS = 12_000
"""Of a document's text that a page shows around a chunk."""
MOST_QUERY = 200
LIST_S = 30.0
"""For the list of all documents; it goes on being made for those who ask again."""
_AT_ONCE, _MOST_WAITING = 4, 64
_LONGEST_ID = 200
_LAST_PAGE = 1_000_000
_QUOTE = re.compile(r"(\d{1,7}),(\d{1,7})")
_JSON, _HTML = "application/json", "text/html"


class Looks:
    """Looks at the index, few at a time: they take turns there with the questions."""

    def __init__(self, chain: RagChain) -> None:
        self._chain = chain
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._inside = 0

    async def look(self, read: Callable[[Runtime], Awaitable[T]]) -> T:
        """What `read` gives, in its turn. Raises OverloadedError, RetrievalTimeoutError."""

        async def in_turn(runtime: Runtime) -> T:
            async with self._turns:
                return await read(runtime)

        return await self.wait(in_turn, self._chain.settings.retrieval_timeout_s)

    async def wait(self, read: Callable[[Runtime], Awaitable[T]], within_s: float) -> T:
        """The same of what all wait for together."""
        if self._inside >= _AT_ONCE + _MOST_WAITING:
            raise OverloadedError("as many sources are looked up as may be; ask again")
        self._inside += 1
        try:
            async with asyncio.timeout(within_s):
                return await read(self._chain.runtime())
        except TimeoutError as error:
            raise RetrievalTimeoutError(f"it was not found within {within_s:g} s") from error
        finally:
            self._inside -= 1


def source_routes(chain: RagChain) -> APIRouter:
    """`/sources` and `/sources/{id}`."""
    router = APIRouter(tags=["sources"])
    looks, search = Looks(chain), DocumentSearch()

    @router.get(SOURCES, response_class=Response)
    async def sources(
        request: Request, q: str = "", page: str = "1", format: str | None = None
    ) -> Response:
        """The documents, by name, 50 a page: as a page, or as JSON for who asks for that.

        `q`: words of their titles and addresses, in any form, or parts of words.
        """
        is_json = _wants_json(request, format)
        if len(q) > MOST_QUERY or not _is_plain(q):
            raise InvalidInputError(
                f"q: expected words, at most {MOST_QUERY} characters, got {shown(q)}"
            )
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 0
        if not 1 <= number <= _LAST_PAGE:
            raise InvalidInputError(f"page: expected a number from 1 on, got {shown(page)}")

        async def read(runtime: Runtime) -> Sequence[Listed]:
            return await search.found(await runtime.documents.all(), q)

        found = listing.listing(await looks.wait(read, LIST_S), q, number)
        base = base_of(chain.settings, request)
        return _json(listing.as_object(found, base)) if is_json else listing.as_page(found, base)

    @router.get(f"{SOURCES}.json", include_in_schema=False)
    async def sources_json(request: Request, q: str = "", page: str = "1") -> Response:
        return await sources(request, q, page, "json")

    @router.get(f"{SOURCES}/{{id}}", response_class=Response)
    async def source(
        request: Request, id: str, quote: str | None = None, format: str | None = None
    ) -> Response:
        """A chunk in its document: as a page, or as JSON for who asks for that.

        `quote`: from where to where in the chunk, as citations have it; it is marked.
        """
        is_json = _wants_json(request, "json" if id.endswith(".json") else format)
        id = id.removesuffix(".json")
        if not id or len(id) > _LONGEST_ID or not _is_plain(id):
            raise _not_found()
        found = await looks.look(lambda runtime: around(runtime.index, id, CHARS))
        if found is None:
            raise _not_found()
        quoted = quote_of(quote, len(found.chunk.text))
        base = base_of(chain.settings, request)
        if is_json:
            return _json(passage.as_object(found, quoted, base))
        return passage.as_page(found, quoted, base)

    return router


def quote_of(given: str | None, length: int) -> Span | None:
    """The quote in a chunk of that length. Raises InvalidInputError for what can be none."""
    if given is None:
        return None
    match = _QUOTE.fullmatch(given)
    start, end = (int(match[1]), int(match[2])) if match else (0, -1)
    if not 0 <= start <= end <= length:
        raise InvalidInputError(
            f"quote: expected start,end within the chunk's {length} characters, got {shown(given)}"
        )
    return (start, end) if start < end else None


def _wants_json(request: Request, format: str | None) -> bool:
    """Whether JSON is wanted rather than a page. Raises InvalidInputError."""
    if format is not None:
        if format not in ("html", "json"):
            raise InvalidInputError(f"format: expected 'html' or 'json', got {shown(format)}")
        return format == "json"
    weights = weights_in(request.headers.get("accept", ""))
    return weights.get(_JSON, 0.0) > weights.get(_HTML, 0.0)


def _is_plain(text: str) -> bool:
    return text.isprintable()  # which halves of surrogate pairs are not


def _json(value: Any) -> Response:
    headers = {"cache-control": "no-cache", "vary": "accept", "x-content-type-options": "nosniff"}
    return Response(dumps(value), headers=headers, media_type=_JSON)


def _not_found() -> SourceNotFoundError:
    return SourceNotFoundError("there is no such source: expected the id of a chunk of the index")
