"""The application on an index of the test's own."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.server import create_app
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.in_process import running


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with running(create_app(RagChain(settings))) as client:
        yield client


@pytest.fixture
async def filled(settings: Settings) -> Settings:
    await fill(settings)
    return settings
