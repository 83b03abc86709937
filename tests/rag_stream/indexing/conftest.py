"""Fixtures of these tests."""

from collections.abc import AsyncIterator

import pytest

from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    runtime = Runtime(settings)
    yield runtime
    await runtime.aclose()
