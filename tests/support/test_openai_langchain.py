"""The stand-in for OpenAI's API, driven by LangChain's clients."""

from collections.abc import AsyncIterator

import httpx
import pytest
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import SecretStr

from tests.support.openai_client import HOSTILE
from tests.support.openai_server import OpenAIServer


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """LangChain's own default client is shared by all event loops and never closed."""
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


async def test_langchain_chat_model(openai_server: OpenAIServer, http: httpx.AsyncClient) -> None:
    openai_server.script(answer=HOSTILE)
    model = ChatOpenAI(
        model="gpt-4o-mini",
        api_key=SecretStr("sk-x"),
        base_url=openai_server.url,
        stream_usage=True,
        max_retries=0,
        http_async_client=http,
    )
    message = None
    async for chunk in model.astream("Why?"):
        message = chunk if message is None else message + chunk
    assert message is not None
    assert message.content == "".join(HOSTILE)
    assert message.usage_metadata is not None
    assert message.usage_metadata["output_tokens"] == len(HOSTILE)
    assert message.response_metadata["finish_reason"] == "stop"
    assert (await model.ainvoke("Why?")).content == "".join(HOSTILE)


async def test_langchain_embeddings_put_like_texts_near(
    openai_server: OpenAIServer, http: httpx.AsyncClient
) -> None:
    model = OpenAIEmbeddings(
        model="text-embedding-3-small",
        openai_api_key=SecretStr("sk-x"),
        openai_api_base=openai_server.url,
        check_embedding_ctx_length=False,
        http_async_client=http,
    )
    texts = ["The cat slept on the warm roof.", "Interest rates rose in the spring."]
    cat, rates = await model.aembed_documents(texts)
    question = await model.aembed_query("Where did the cat sleep?")

    def near(vector: list[float]) -> float:
        return sum(a * b for a, b in zip(question, vector, strict=True))

    assert near(cat) > near(rates) + 0.1
    assert openai_server.embeddings[0].body["input"] == texts
