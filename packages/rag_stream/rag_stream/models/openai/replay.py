"""POSTs of the official OpenAI client, without its machinery where all goes well.

Between a body and the wire the client turns 1.1 ms of CPU over, for each of a question's two
requests, only to arrive at the same headers every time. So its own first request is kept as
the pattern: later ones go out with the same line and headers and another body. Whatever
does not succeed at once is handed to the client as the outcome of its first try; what to
make of it (try again, when, how often, or which error to raise) stays its decision.
"""

from collections.abc import Mapping
from typing import Any

import httpx2
import openai
import orjson
from openai._constants import RAW_RESPONSE_HEADER

from rag_stream.http.response import HttpError, Response, TooLongError, check_parts, whole
from rag_stream.models.openai.transport import (
    ARRIVALS,
    Decoded,
    PooledClient,
    first_try,
    response_of,
    translated,
)

MOST_JSON = 1024 * 1024
"""Bytes of an answer that is read whole; a vector takes a tenth at the most."""
_FIRST_TRY_HEADER = "x-stainless-retry-count"


class ReadByTheClient:
    """An answer over connections that are not ours; nothing of it can be held back."""

    def __init__(self, response: Any) -> None:
        self._parts = response.iter_bytes()
        self.aclose = response.close

    async def arrived(self) -> bytes:
        return await anext(self._parts, b"")

    def hold(self) -> None: ...

    def release(self) -> None: ...

    def leave(self) -> None: ...


Answer = Response | Decoded | ReadByTheClient


class OpenAIPost:
    """POSTs JSON to one path of one client; the short way where that is on a PooledClient."""

    def __init__(self, client: openai.AsyncOpenAI, path: str, http: Any) -> None:
        self._client = client
        self._path = path
        self._transport = http.pool_transport if isinstance(http, PooledClient) else None
        self._pattern: httpx2.Request | None = None

    async def __call__(self, body: Mapping[str, Any]) -> Answer:
        """The answer, its body unread; `aclose` it. Raises what the client raises."""
        answer = await self._answer(body)
        if isinstance(answer, Response) and any(
            name.lower() == b"content-encoding" for name, _ in answer.headers
        ):
            return Decoded(answer)
        return answer

    async def json(self, body: Mapping[str, Any]) -> Any:
        """The whole answer, parsed. Raises what the client raises."""
        if self._transport is None:
            return await self._client.post(self._path, body=body, cast_to=object)
        try:
            return orjson.loads(await _whole(await self(body)))
        except TooLongError:
            raise  # which another try would not change
        except (HttpError, httpx2.TransportError) as error:
            # For the client a body that breaks off is a try that failed.
            outcome = translated(error) if isinstance(error, HttpError) else error
        with first_try(outcome):
            return await self._client.post(self._path, body=body, cast_to=object)

    async def _answer(self, body: Mapping[str, Any]) -> Response | ReadByTheClient:
        if self._transport is None or self._pattern is None:
            return await self._by_the_client(body)
        content = orjson.dumps(body)
        try:
            answer = await self._transport.send_like(self._pattern, content)
        except HttpError as error:
            outcome: httpx2.Response | Exception = translated(error)
        else:
            if 200 <= answer.status < 300:
                return answer
            outcome = response_of(answer)
        with first_try(outcome):
            return await self._by_the_client(body)

    async def _by_the_client(self, body: Mapping[str, Any]) -> Response | ReadByTheClient:
        response: Any = await self._client.post(
            self._path,
            body=body,
            cast_to=object,
            options={"headers": {RAW_RESPONSE_HEADER: "stream"}},
            stream=True,
            stream_cls=openai.AsyncStream[Any],
        )
        sent = response.http_request
        if self._pattern is None and sent.headers.get(_FIRST_TRY_HEADER, "0") == "0":
            self._pattern = sent
        answer: Response | None = response.http_response.extensions.get(ARRIVALS)
        return ReadByTheClient(response) if answer is None else answer


async def _whole(answer: Answer) -> bytes:
    try:
        return check_parts(await whole(answer, MOST_JSON))
    finally:
        await answer.aclose()
