"""A folder's own server, a real one."""

import asyncio
import gc
import os
import signal
from pathlib import Path

import pytest

from rag_stream.errors import IndexEmptyError
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import TASK, fill
from tests.support.index_owner import owner


async def test_a_folders_own_server_is_replaced_when_it_dies(
    settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(
        update={"chroma_url": None, "chroma_path": tmp_path / "data" / "chroma"}
    )
    await fill(settings)
    runtime = Runtime(settings)
    assert (await runtime.index.snapshot()).generation == 1
    os.kill(owner(settings.chroma_path), signal.SIGKILL)
    question = "What is task decomposition?"
    found = await runtime.retriever.retrieve(question, options_of(runtime.settings, {}), {})
    assert found.documents[0].page_content == TASK
    await runtime.aclose()


async def test_a_real_server_started_for_a_question_given_up_serves_the_next(
    settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(
        update={"chroma_url": None, "chroma_path": tmp_path / "data" / "chroma"}
    )
    runtime = Runtime(settings)
    asking = asyncio.create_task(runtime.index.snapshot())
    await asyncio.sleep(0.05)  # a server takes longer than that to start
    asking.cancel()
    await asyncio.wait({asking}, timeout=10)
    assert asking.cancelled()
    with pytest.raises(IndexEmptyError):
        await runtime.index.snapshot()
    await runtime.aclose()
    gc.collect()  # a lease that got lost would be told here, as a file that nobody closed
