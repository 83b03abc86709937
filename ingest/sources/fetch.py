"""One web address to bytes: the only file here that talks HTTP.

Redirects are followed to where `transport.py` lets them go; `file:` and the like are refused by
the client. Bodies are taken as they are sent and unpacked here, a bounded piece at a time:
httpx unpacks whatever a server calls packed, twice and without a bound, in redirects too.
"""

import asyncio
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import httpcore
import httpx

from ingest.sources.canonical import leads_on
from ingest.sources.fetch_failures import (
    NOT_FETCHED,
    RefusedError,
    TooMuchError,
    TransientError,
    may_pass,
    reason,
    status_words,
)
from ingest.sources.hosts import Hosts
from ingest.sources.limits import LIMITS, Limits
from ingest.sources.patience import NO_PATIENCE, TRANSIENT, seconds_of
from ingest.sources.transport import (
    CheckedTransport,
    origin_of,
    typed_origin,
)
from rag_stream.errors import SourceError
from rag_stream.http.happy_eyeballs import Resolve, resolve
from rag_stream.http.unpack import CODINGS, codings_of, unpacker


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered: the unpacked body and what the server said of it."""

    url: str  # after redirects
    body: bytes
    media_type: str | None  # lower case, without parameters
    charset: str | None
    links: str = ""
    """Its header of that name."""


class TooBigError(SourceError):
    """It is bigger than the limit it was fetched with."""


class Client(httpx.AsyncClient):
    """httpx's, with the hosts it has asked so far."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.hosts = Hosts()


def open_client(
    limits: Limits = LIMITS,
    *,
    allow_private: bool = False,
    resolve: Resolve = resolve,
    backend: httpcore.AsyncNetworkBackend | None = None,
) -> Client:
    """A client for `fetch`; close it, or use it as `async with`. Shared by all fetches.

    `allow_private`: also what nobody typed may have a private address (`transport.py`, which
    `resolve` and `backend` are handed on to).
    """
    return Client(
        transport=CheckedTransport(allow_private=allow_private, resolve=resolve, backend=backend),
        # The pool's own wait counts towards the total, which `fetch` enforces.
        timeout=httpx.Timeout(limits.total_seconds, connect=limits.connect_seconds, pool=None),
        headers={
            "User-Agent": f"rag-stream-ingest/{version('rag-stream')}",
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Encoding": CODINGS,
        },
    )


async def fetch(
    client: Client,
    url: str,
    *,
    name: str | None = None,
    typed: str | None = None,
    limits: Limits = LIMITS,
) -> Fetched:
    """Get `url`; raise SourceError, which calls it `name`, for whatever goes wrong.

    What may pass is tried again, within `limits.patience`; the limits are those of each try.
    `typed`: the address that the operator typed, where `url` was found at it.
    """
    try:
        extensions = {"typed": typed_origin(typed or url)}
        request = client.build_request("GET", url, extensions=extensions)
        fetched = await _patiently(client, request, limits)
        for _ in range(_LEAPS):
            if fetched.media_type not in _PAGES or not (on := leads_on(fetched.body, fetched.url)):
                break
            request = client.build_request("GET", on, extensions=extensions)
            fetched = await _patiently(client, request, limits)
        return fetched
    except TooMuchError as error:
        raise TooBigError(f"{name or url}: {error}") from error
    except NOT_FETCHED as error:
        raise SourceError(f"{name or url}: {reason(error, limits)}") from error
    finally:
        if len(client.cookies.jar) > _MOST_COOKIES:
            client.cookies.clear()


_LEAPS = 3
"""Pages one after another that do nothing but lead on to another one."""
_PAGES = {"text/html", "application/xhtml+xml"}
_MOST_COOKIES = 100
"""For redirects that need them. A jar has no bound of its own, and every page may fill it."""


async def _patiently(client: Client, request: httpx.Request, limits: Limits) -> Fetched:
    time = asyncio.get_running_loop().time
    first_failed, failed = 0.0, 0
    host = client.hosts[origin_of(request.url)]
    while True:
        try:
            fetched = await _follow(client, request, limits)
        except NOT_FETCHED as error:
            if not may_pass(error):
                raise
            failed += 1
            first_failed = first_failed or time()
            asked_for = error.retry_after if isinstance(error, TransientError) else None
            patience = NO_PATIENCE if host.is_given_up else limits.patience
            pause = patience.pause(failed, time() - first_failed, asked_for)
            if pause is None:
                host.in_vain += 1
                raise
            await asyncio.sleep(pause)
        else:
            host.in_vain = 0
            return fetched


async def _follow(client: Client, request: httpx.Request, limits: Limits) -> Fetched:
    # Not the client's own way: that reads and unpacks the whole body of a redirect.
    time, left = asyncio.get_running_loop().time, limits.total_seconds
    for _ in range(limits.max_redirects + 1):
        turn = client.hosts.turn(origin_of(request.url), limits.patience.longest_pause)
        async with turn as host:  # waiting for it takes nothing from what the answer may take
            started = time()
            async with asyncio.timeout(max(0.0, left)):
                response = await client.send(request, stream=True, follow_redirects=False)
                try:
                    if response.next_request is None:
                        return await _take(response, limits)
                    request = response.next_request
                except TransientError as error:
                    if (error.retry_after or 0.0) <= limits.patience.longest_pause:
                        host.pause(error.retry_after or 0.0)
                    raise
                finally:
                    await response.aclose()
            left -= time() - started
    raise RefusedError(f"more than {limits.max_redirects} redirects")


async def _take(response: httpx.Response, limits: Limits) -> Fetched:
    status = response.status_code
    if status in TRANSIENT:
        wait = seconds_of(response.headers.get("retry-after"))
        raise TransientError(f"answered {status_words(status)}", wait, limits.patience)
    if not response.is_success:
        raise RefusedError(f"answered {status_words(status)}")
    return Fetched(
        url=str(response.url),
        body=await _body(response, limits.max_bytes),
        media_type=_media_type(response),
        charset=response.charset_encoding,
        links=",".join(response.headers.get_list("link")),
    )


async def _body(response: httpx.Response, max_bytes: int) -> bytes:
    header: str = response.headers.get("content-encoding", "")
    codings = codings_of(header)
    packed = unpacker(codings[0] if codings else "") if len(codings) <= 1 else None
    if packed is None:
        raise RefusedError(f"expected content encoding {CODINGS} or none, got {header[:60]!r}")
    body, taken = bytearray(), 0
    # What was unpacked is counted, whatever Content-Length claims, and what was sent too: that
    # may unpack to nothing for ever.
    async for part in response.aiter_raw():
        taken += len(part)
        for piece in packed.feed(part):
            body += piece
            if len(body) > max_bytes:
                raise TooMuchError(max_bytes)
            await asyncio.sleep(0)
        if taken > max_bytes:
            raise TooMuchError(max_bytes)
        if packed.done:
            break
    if codings and taken and not packed.done:
        raise TransientError("the compressed answer ends in the middle")
    return bytes(body)


def _media_type(response: httpx.Response) -> str | None:
    value: str = response.headers.get("content-type", "")
    return value.partition(";")[0].strip().lower() or None
