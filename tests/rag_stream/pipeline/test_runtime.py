"""What answering needs, opened and imported when it is needed."""

import subprocess
import sys
from pathlib import Path

from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import TEXTS, fill
from tests.support.service import clean_environment

PROGRAM = """
import asyncio, sys
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import load_settings

async def main():
    runtime = Runtime(load_settings())
    await runtime.readiness.check()
    print(await runtime.readiness.obstacles(), *(name in sys.modules for name in NAMES))
    await runtime.load()
    print(*(name in sys.modules for name in NAMES))
    await runtime.aclose()

NAMES = "openai", "langchain_openai", "onnxruntime", "chromadb"
asyncio.run(main())
"""


async def test_readiness_needs_none_of_openais_code(settings: Settings) -> None:
    await fill(settings)
    assert settings.openai_api_key is not None
    environment = {
        "OPENAI_API_KEY": settings.openai_api_key.get_secret_value(),
        "OPENAI_BASE_URL": settings.openai_base_url or "",
        "RAG_CHROMA_URL": settings.chroma_url or "",
        "RAG_COLLECTION": settings.collection,
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=clean_environment(environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["[] False False False False", "True True False False"]


async def test_the_index_by_words_is_made_ready_where_questions_use_it(settings: Settings) -> None:
    runtime = Runtime(settings)
    try:
        await runtime.catch_up()  # nothing has been ingested: there is nothing to do
        await fill(settings)
        await runtime.catch_up()
        hits = await runtime.lexical.search(
            await runtime.index.snapshot(), "decomposition", 5, wait_s=0
        )
        assert hits.generation == 1
        assert len(hits) == len(TEXTS)  # neighbours count too
    finally:
        await runtime.aclose()


async def test_a_dense_search_needs_no_index_by_words(settings: Settings, tmp_path: Path) -> None:
    await fill(settings)
    folder = tmp_path / "index"
    runtime = Runtime(
        settings.model_copy(update={"search_type": "dense", "chroma_path": folder / "chroma"})
    )
    try:
        await runtime.catch_up()
        assert not folder.exists()
    finally:
        await runtime.aclose()
