"""What tests of the chain have in common."""

from collections.abc import AsyncIterator

import pytest

from rag_stream.runnable import RagChain
from rag_stream.settings import Settings


@pytest.fixture
async def chain(settings: Settings) -> AsyncIterator[RagChain]:
    chain = RagChain(settings)
    yield chain
    await chain.aclose()
