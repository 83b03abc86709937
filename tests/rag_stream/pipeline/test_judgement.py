"""Whether what was found answers a question, by what is known of the index it was found in."""

from dataclasses import replace

import numpy as np
import pytest
from langchain_core.documents import Document

from ingest.recipe import configured
from rag_stream.calibration.asking import recalibrate
from rag_stream.calibration.everyday import everyday
from rag_stream.calibration.everydayness import Everydayness
from rag_stream.calibration.kept import name_of
from rag_stream.errors import IndexUnavailableError
from rag_stream.indexing.lease import lease
from rag_stream.indexing.rebuild import Rebuild
from rag_stream.pipeline.runtime import Runtime
from rag_stream.retrieval.retriever import Retrieved
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.gateway import Gateway
from tests.support.retrieval import QUESTION, ask


async def test_what_the_words_alone_found_has_a_likeness_too(settings: Settings) -> None:
    await fill(settings)
    runtime = Runtime(settings)
    try:
        await runtime.load()
        await runtime.catch_up()
        found = await ask(runtime, None, search_type="lexical")
        assert found.search_type == "lexical"
        by_words = await runtime.judge(QUESTION, found)
        by_meaning = await runtime.judge(QUESTION, await ask(runtime, None, search_type="dense"))
        assert by_words.score is not None
        assert by_words == by_meaning
        assert by_words.basis == "uncalibrated"
    finally:
        await runtime.aclose()


async def test_an_index_is_judged_by_what_it_was_calibrated_with(settings: Settings) -> None:
    await fill(settings)
    runtime = Runtime(settings)
    try:
        assert "not calibrated" in str(await runtime.readiness.without_abstention())
        assert await runtime.readiness.without_abstention(only_for_good=True) is None
        made = await recalibrate(runtime.index, runtime.embedder)
        assert made is not None
        assert await runtime.readiness.without_abstention() is None
        await runtime.catch_up()
        both = await runtime.judge(QUESTION, await ask(runtime, None))
        assert made.standards is not None
        standard = made.standards.standard("en", runtime.embedder.fingerprint, made.chunks)
        assert standard is not None
        assert both.threshold == pytest.approx(standard.threshold, abs=1e-4)
        assert (both.basis, both.is_refusal) == ("calibrated", False)
        found = await ask(runtime, None, search_type="dense")
        relevance = await runtime.judge(QUESTION, found)
        assert relevance.basis == "calibrated"
        assert not relevance.is_refusal
        texts = [question for questions in everyday().values() for question in questions]
        known = Everydayness(np.asarray(await runtime.embedder.embed_chunks(texts), np.float32))
        like = known.of(await runtime.embedder.embed_question(QUESTION))
        assert relevance.threshold == pytest.approx(made.threshold_beyond("en", like), abs=1e-3)
        # What somebody has taken away is done without, until the next time it is asked.
        client = await runtime.index.client()
        await client.drop(name_of(made.model, len(found.question_vector)))
        other = Runtime(settings)
        try:
            without = await other.judge(QUESTION, found)
        finally:
            await other.aclose()
        assert without.threshold == pytest.approx(made.threshold("en"), abs=1e-4)
    finally:
        await runtime.aclose()


async def test_an_index_that_was_replaced_is_judged_as_it_is_now(settings: Settings) -> None:
    await fill(settings)
    runtime = Runtime(settings)
    try:
        found = await unscored(runtime)
        client, recipe = (
            await runtime.index.client(),
            configured(settings, runtime.embedder.fingerprint),
        )
        async with lease(client, settings.collection):
            await (
                await Rebuild.start(client, settings.collection, runtime.embedder, recipe)
            ).finish()
        relevance = await runtime.judge(QUESTION, found)
        assert relevance.score is not None
        anew = await runtime.judge(QUESTION, await ask(runtime, None, search_type="dense"))
        assert relevance.score == pytest.approx(anew.score, abs=1e-4)
    finally:
        await runtime.aclose()


async def test_a_relevance_that_cannot_be_known_is_no_answer(settings: Settings) -> None:
    await fill(settings)
    assert settings.chroma_url is not None
    with Gateway(int(settings.chroma_url.rpartition(":")[2])) as gateway:
        through = settings.model_copy(update={"chroma_url": gateway.url})
        for below in (0.1, "off"):
            runtime = Runtime(through.model_copy(update={"abstain_below": below}))
            try:
                found = await unscored(runtime)
                gateway.become("fail")
                if below == "off":
                    told = await runtime.judge(QUESTION, found)
                    assert (told.score, told.basis, told.is_refusal) == (None, "unscored", False)
                else:
                    with pytest.raises(IndexUnavailableError):
                        await runtime.judge(QUESTION, found)
            finally:
                gateway.become("through")
                await runtime.aclose()


async def unscored(runtime: Runtime) -> Retrieved:
    """What was found, as where nobody has told how near it is."""
    found = await ask(runtime, None, search_type="dense")
    bare = [Document(one.page_content) for one in found.documents]
    return replace(found, documents=bare, fused=bare, nearest=None)
