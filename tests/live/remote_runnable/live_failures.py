"""What a client gets where the chat model fails, refuses, or is left."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from langserve import RemoteRunnable

from tests.support.openai_server import OpenAIServer
from tests.support.remote import OTHER, QUESTION, client_of
from tests.support.service import Service

SECRET = "sk-internal at /srv/model/weights"
pytestmark = pytest.mark.filterwarnings("ignore:astream_log is deprecated")


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    """A chat model that sends two tokens and then breaks off."""
    with OpenAIServer(
        answer=["Small ", "steps", "."], drop_after=2, error_message=SECRET
    ) as server:
        yield server


@pytest.fixture(scope="module")
def failing_service(service: Service, model: OpenAIServer) -> Iterator[Service]:
    """Another app on the same index, whose chat model fails."""
    env = {
        **model.environment,
        "RAG_CHAT_MODEL": "openai:gpt-4o-mini",
        "RAG_EMBEDDINGS": "local:all-MiniLM-L6-v2",
        "RAG_CHROMA_PATH": service.environment["RAG_CHROMA_PATH"],
    }
    with Service(env=env) as other:
        yield other


@pytest.fixture
async def failing(failing_service: Service) -> AsyncIterator[RemoteRunnable]:
    async with client_of(failing_service) as remote:
        yield remote


def check_failure(error: httpx.HTTPStatusError) -> None:
    assert error.response.status_code == 502
    assert "the chat model 'openai:gpt-4o-mini'" in str(error)
    assert SECRET not in str(error)


def test_invoke_raises_where_the_model_fails(failing: RemoteRunnable) -> None:
    with pytest.raises(httpx.HTTPStatusError) as caught:
        failing.invoke(QUESTION)
    check_failure(caught.value)
    assert json.loads(caught.value.response.text)["code"] == "model_failed"


def test_batch_raises_where_the_model_fails(failing: RemoteRunnable) -> None:
    with pytest.raises(httpx.HTTPStatusError) as caught:
        failing.batch([QUESTION, OTHER])
    check_failure(caught.value)


def test_stream_raises_after_what_there_was(failing: RemoteRunnable) -> None:
    chunks: list[Any] = []
    with pytest.raises(httpx.HTTPStatusError) as caught:
        chunks.extend(failing.stream(QUESTION))  # keeps what came before the error
    check_failure(caught.value)
    assert "".join(chunk.get("answer", "") for chunk in chunks) == "Small steps"
    assert len(chunks[1]["context"]) > 4


@pytest.mark.parametrize("way", ["astream", "astream_log", "astream_events"])
async def test_every_asynchronous_stream_raises(failing: RemoteRunnable, way: str) -> None:
    chunks: list[Any] = []

    async def read() -> None:
        async for chunk in getattr(failing, way)(QUESTION):
            chunks.append(chunk)

    with pytest.raises(httpx.HTTPStatusError) as caught:
        await read()
    check_failure(caught.value)
    assert "steps" in str(chunks)
    assert SECRET not in str(chunks)


@pytest.mark.parametrize("way", ["astream", "astream_log", "astream_events", "ainvoke"])
async def test_a_model_that_refuses_is_raised_with_its_status(
    failing: RemoteRunnable, model: OpenAIServer, way: str
) -> None:
    model.once(status=429, retry_after="7", error_message=SECRET)

    async def read() -> list[Any]:
        if way == "ainvoke":
            return [await failing.ainvoke(QUESTION)]
        return [chunk async for chunk in getattr(failing, way)(QUESTION)]

    with pytest.raises(httpx.HTTPStatusError) as caught:
        await read()
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["retry-after"] == "7"
    assert SECRET not in str(caught.value)
    if way == "ainvoke":  # of a stream that was refused, this client does not read the reason
        assert "is over its rate limit" in str(caught.value)


async def test_leaving_a_stream_stops_the_model(
    failing: RemoteRunnable, model: OpenAIServer
) -> None:
    model.once(hang="first_token")
    stream = failing.astream(QUESTION)
    async for chunk in stream:
        if "context" in chunk:
            break
    await model.until(lambda: model.live == 1)
    await stream.aclose()
    await model.until(lambda: model.live == 0)
    assert model.chats[-1].outcome == "abandoned"
