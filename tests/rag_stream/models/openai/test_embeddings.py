"""Our way for one question against the official client's."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai
import pytest
from langchain_openai import OpenAIEmbeddings

from rag_stream.models.openai.embeddings import QuestionOpenAIEmbeddings
from rag_stream.models.openai.transport import PooledClient
from tests.support.openai_server import OpenAIServer


@pytest.fixture(params=["our connections", "the client's"])
async def http(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    kind = PooledClient if request.param == "our connections" else openai.DefaultAsyncHttpxClient
    async with kind(timeout=httpx2.Timeout(30.0)) as client:
        yield client


def model(kind: type[OpenAIEmbeddings], server: OpenAIServer, http: Any) -> Any:
    return kind(
        model="text-embedding-3-small",
        base_url=server.url,
        api_key="sk-stand-in",
        check_embedding_ctx_length=False,
        max_retries=0,
        http_async_client=http,
    )


@pytest.mark.parametrize("text", ["What is it?", "👩\u200d👧 \u2028", "word " * 1000])
async def test_gives_what_the_official_client_gives(
    openai_server: OpenAIServer, http: Any, text: str
) -> None:
    ours = await model(QuestionOpenAIEmbeddings, openai_server, http).aembed_query(text)
    theirs = await model(OpenAIEmbeddings, openai_server, http).aembed_query(text)
    assert ours == theirs
    assert type(ours[0]) is float
    first, second = openai_server.embeddings
    assert first.body == second.body
    assert first.headers["authorization"] == second.headers["authorization"]


@pytest.mark.parametrize("status", [401, 429, 500])
async def test_raises_what_the_official_client_raises(
    openai_server: OpenAIServer, http: Any, status: int
) -> None:
    openai_server.script(status=status)
    with pytest.raises(openai.APIStatusError) as theirs:
        await model(OpenAIEmbeddings, openai_server, http).aembed_query("x")
    with pytest.raises(openai.APIStatusError) as ours:
        await model(QuestionOpenAIEmbeddings, openai_server, http).aembed_query("x")
    assert type(ours.value).__mro__[-4:] == type(theirs.value).__mro__[-4:]
    assert ours.value.status_code == status
