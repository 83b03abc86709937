"""Callers at the same time: they take turns, and no event loop waits."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rag_stream.models.local.embeddings import MAX_BATCH, MiniLMEmbeddings
from tests.support.minilm import CHUNKS


async def test_the_event_loop_goes_on_while_texts_are_embedded(
    embeddings: MiniLMEmbeddings,
) -> None:
    texts = [f"Sentence {number} of two hundred." for number in range(200)]
    embedding = asyncio.create_task(embeddings.aencode(texts))
    turns = 0
    while not embedding.done():
        turns += 1
        await asyncio.sleep(0)
    # Work on the loop would give it one turn a batch.
    assert turns > 10 * len(texts) / MAX_BATCH


async def test_questions_are_answered_while_an_ingest_runs(embeddings: MiniLMEmbeddings) -> None:
    ingest = asyncio.create_task(embeddings.aembed_documents(CHUNKS))
    await asyncio.sleep(0)
    answers = await asyncio.gather(*(embeddings.aembed_query(f"Why {n}?") for n in range(20)))
    assert len(answers) == 20
    assert not ingest.done()
    assert len(await ingest) == len(CHUNKS)


async def test_callers_take_turns(embeddings: MiniLMEmbeddings) -> None:
    long = asyncio.create_task(embeddings.aencode(CHUNKS))
    await asyncio.sleep(0)
    await embeddings.aencode(["short", "and late"])
    assert not long.done()
    long.cancel()
    with pytest.raises(asyncio.CancelledError):
        await long


async def test_a_question_nobody_awaits_any_more_is_dropped(embeddings: MiniLMEmbeddings) -> None:
    tasks = [asyncio.create_task(embeddings.aembed_query(f"Who {n}?")) for n in range(30)]
    await asyncio.sleep(0)
    for task in tasks[1::2]:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(vector, list) for vector in ended[::2])
    assert len(await embeddings.aembed_query("And then?")) == 384


def test_it_serves_one_event_loop_after_another(embeddings: MiniLMEmbeddings) -> None:
    first, second = (asyncio.run(embeddings.aembed_query("the same")) for _ in range(2))
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_threads_that_come_first_together_share_one_model() -> None:
    fresh = MiniLMEmbeddings(threads=1)
    with ThreadPoolExecutor(4) as threads:
        vectors = list(threads.map(fresh.embed_query, ["same text"] * 8))
    assert all(vector == vectors[0] for vector in vectors)
