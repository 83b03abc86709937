"""OpenAI's own client of the stand-in for its API."""

from collections.abc import AsyncIterator

import pytest
from openai import AsyncOpenAI

from tests.support.openai_server import OpenAIServer


@pytest.fixture
async def client(openai_server: OpenAIServer) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(api_key="sk-x", base_url=openai_server.url, max_retries=0) as client:
        yield client
