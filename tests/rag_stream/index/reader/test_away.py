"""An index that is empty or away is told."""

import asyncio

import pytest

from rag_stream.errors import IndexConnectTimeoutError, IndexEmptyError, IndexUnavailableError
from rag_stream.index.reader import IndexReader
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import load_settings
from tests.support.deaf import deaf_listener


async def test_nothing_ingested_is_an_error_that_names_the_command(runtime: Runtime) -> None:
    with pytest.raises(IndexEmptyError, match="python -m ingest"):
        await runtime.index.snapshot()


async def test_a_server_that_is_away_is_reported() -> None:
    runtime = Runtime(load_settings(chroma_url="http://127.0.0.1:9"))
    with pytest.raises(IndexUnavailableError, match="does not answer"):
        await runtime.index.snapshot()
    await runtime.aclose()


async def test_a_server_that_takes_no_connection_is_told_in_time() -> None:
    with deaf_listener() as port:
        index = IndexReader(
            load_settings(chroma_url=f"http://127.0.0.1:{port}", connect_timeout_s=0.2)
        )
        async with asyncio.timeout(10):
            with pytest.raises(IndexConnectTimeoutError, match="did not take a connection") as told:
                await index.snapshot()
        await index.aclose()
    error = told.value
    assert (error.code, error.status_code, error.stage) == ("connect_timeout", 504, "retrieve")
