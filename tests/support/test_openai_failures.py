"""The stand-in for OpenAI's API where it is told to fail, or its client leaves."""

from typing import Any

import httpx
import openai
import pytest
from openai import AsyncOpenAI

from tests.support.openai_client import ASK, chunks_of, read_into, text_of
from tests.support.openai_server import OpenAIServer


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
    ],
)
async def test_http_errors_before_the_stream(
    openai_server: OpenAIServer, client: AsyncOpenAI, status: int, kind: type[openai.APIStatusError]
) -> None:
    openai_server.once(status=status, retry_after="7", error_message="not now")
    with pytest.raises(kind, match="not now") as caught:
        await chunks_of(client)
    assert caught.value.response.headers["retry-after"] == "7"
    assert text_of(await chunks_of(client))  # `once` is used up
    await openai_server.until(lambda: openai_server.live == 0)
    assert [call.outcome for call in openai_server.calls] == ["failed", "finished"]


async def test_connection_cut_in_mid_stream(
    openai_server: OpenAIServer, client: AsyncOpenAI
) -> None:
    openai_server.script(answer=list("abcdef"), drop_after=3)
    seen: list[Any] = []
    stream = await client.chat.completions.create(**ASK, stream=True)
    with pytest.raises((httpx.RemoteProtocolError, openai.APIConnectionError)):
        await read_into(seen, stream)
    assert text_of(seen) == "abc"
    await openai_server.until(lambda: openai_server.live == 0)
    assert openai_server.calls[0].outcome == "dropped"


async def test_connection_cut_in_a_whole_answer(
    openai_server: OpenAIServer, client: AsyncOpenAI
) -> None:
    openai_server.script(drop_after=0)
    with pytest.raises(openai.APIConnectionError):
        await client.chat.completions.create(**ASK)


async def test_error_event_in_mid_stream(openai_server: OpenAIServer, client: AsyncOpenAI) -> None:
    openai_server.script(error_after=1, error_message="overloaded")
    with pytest.raises(openai.APIError, match="overloaded"):
        await chunks_of(client)


@pytest.mark.parametrize("point", ["response", "first_token"])
async def test_hang_lasts_until_the_client_leaves(
    openai_server: OpenAIServer, client: AsyncOpenAI, point: str
) -> None:
    openai_server.script(hang=point)
    with pytest.raises((httpx.ReadTimeout, openai.APITimeoutError)):
        await chunks_of(client, timeout=0.3)
    await openai_server.until(lambda: openai_server.live == 0)
    assert openai_server.calls[0].outcome == "abandoned"


async def test_a_client_that_leaves_ends_its_stream(
    openai_server: OpenAIServer, client: AsyncOpenAI
) -> None:
    openai_server.script(answer=["x"] * 10_000, tokens_per_second=500)
    stream = await client.chat.completions.create(**ASK, stream=True)
    await anext(stream)
    await openai_server.until(lambda: openai_server.calls[0].tokens_sent > 2)
    assert openai_server.live == 1
    await stream.close()
    await openai_server.until(lambda: openai_server.live == 0)
    assert openai_server.calls[0].outcome == "abandoned"
    assert openai_server.calls[0].tokens_sent < 10_000
