"""What questions cost the index server for being held against the everyday ones.

By their vectors alone: where words are known, the everyday ones are not needed.
"""

import asyncio

import pytest

from rag_stream.calibration.asking import recalibrate
from rag_stream.calibration.everyday import everyday
from rag_stream.calibration.kept import PAGE, name_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.gateway import Gateway
from tests.support.retrieval import QUESTION, ask


async def test_questions_at_once_fetch_the_everyday_vectors_once(settings: Settings) -> None:
    await fill(settings)
    assert settings.chroma_url is not None
    with Gateway(int(settings.chroma_url.rpartition(":")[2])) as gateway:
        runtime, other = Runtime(settings), Runtime(on(settings, gateway))
        try:
            made = await recalibrate(runtime.index, runtime.embedder)
            assert made is not None
            found = await ask(other, None, search_type="dense")
            name = name_of(made.model, len(found.question_vector))
            kept = await (await runtime.index.client()).find(name)
            assert kept is not None
            judged = await asyncio.gather(*(other.judge(QUESTION, found) for _ in range(20)))
            assert len(set(judged)) == 1
            assert judged[0] == await runtime.judge(QUESTION, found)
            await other.judge(QUESTION, found)
            assert gateway.passed(f"/{name}") == 1
            pages = -(-sum(map(len, everyday().values())) // PAGE)
            assert gateway.passed(f"/{kept.id}/get") == pages
        finally:
            await other.aclose()
            await runtime.aclose()


async def test_vectors_that_are_missing_cost_no_request_for_every_question(
    settings: Settings,
) -> None:
    await fill(settings)
    assert settings.chroma_url is not None
    with Gateway(int(settings.chroma_url.rpartition(":")[2])) as gateway:
        runtime, other = Runtime(settings), Runtime(on(settings, gateway))
        try:
            made = await recalibrate(runtime.index, runtime.embedder)
            assert made is not None
            found = await ask(other, None, search_type="dense")
            name = name_of(made.model, len(found.question_vector))
            await (await runtime.index.client()).drop(name)
            for _ in range(5):
                told = await other.judge(QUESTION, found)
                assert told.threshold == pytest.approx(made.threshold("en"), abs=1e-4)
            assert gateway.passed(f"/{name}") == 1
            # Another state of the index: somebody may have put them there with it.
            await fill(settings, ["Something new has come."], source="new.md")
            await other.judge(QUESTION, await ask(other, None))
            assert gateway.passed(f"/{name}") == 2
        finally:
            await other.aclose()
            await runtime.aclose()


async def test_an_index_server_that_hangs_holds_up_no_judgement(settings: Settings) -> None:
    await fill(settings)
    assert settings.chroma_url is not None
    with Gateway(int(settings.chroma_url.rpartition(":")[2])) as gateway:
        hasty = on(settings, gateway).model_copy(update={"retrieval_timeout_s": 0.5})
        runtime, other = Runtime(settings), Runtime(hasty)
        try:
            made = await recalibrate(runtime.index, runtime.embedder)
            assert made is not None
            found = await ask(runtime, None, search_type="dense")
            assert found.nearest is not None
            await other.index.client()
            gateway.become("hang")
            told = await asyncio.gather(*(other.judge(QUESTION, found) for _ in range(3)))
            for one in told:
                assert one.threshold == pytest.approx(made.threshold("en"), abs=1e-4)
            assert gateway.requests == 1
        finally:
            await other.aclose()
            await runtime.aclose()


def on(settings: Settings, gateway: Gateway) -> Settings:
    """The same index, behind a gateway."""
    return settings.model_copy(update={"chroma_url": gateway.url})
