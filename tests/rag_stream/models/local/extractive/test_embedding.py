"""What the model has embedded, and what else goes on meanwhile."""

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from rag_stream.models.local.extractive import ExtractiveChatModel
from tests.support.quoted import PAGES, HashEmbedder, question


async def test_what_was_embedded_is_not_embedded_again(
    model: ExtractiveChatModel, embedder: HashEmbedder
) -> None:
    messages = question("When was the harbour closed?")
    vector = embedder.encode(["When was the harbour closed?"])[0].tolist()
    embedder.asked.clear()
    embedder.questions.clear()
    first = await model.with_documents(PAGES, question_embedding=vector).ainvoke(messages)
    assert messages[-1].content not in embedder.asked[0]
    again = await model.with_documents(PAGES, question_embedding=vector).ainvoke(messages)
    assert len(embedder.asked) == 1
    assert first.content == again.content
    other = await model.with_documents(PAGES).ainvoke(messages)
    assert embedder.asked[1:] == [[messages[-1].content]]
    assert embedder.questions[1:] == [1]
    assert embedder.questions[0] == 0
    assert first.content == other.content


async def test_the_loop_turns_while_sentences_are_embedded(embedder: HashEmbedder) -> None:
    released = asyncio.Event()

    class Waiting(HashEmbedder):
        async def aencode(self, texts: Sequence[str], questions: int = 0) -> NDArray[np.float32]:
            await released.wait()
            return embedder.encode(texts)

    bound = ExtractiveChatModel(embedder=Waiting()).with_documents(PAGES)
    answering = asyncio.create_task(bound.ainvoke(question("When was the harbour closed?")))
    await asyncio.sleep(0)
    assert not answering.done()
    released.set()
    assert "1901" in str((await answering).content)


async def test_an_error_of_the_embedder_is_not_hidden() -> None:
    class Broken(HashEmbedder):
        async def aencode(self, texts: Sequence[str], questions: int = 0) -> NDArray[np.float32]:
            raise RuntimeError("no weights")

    bound = ExtractiveChatModel(embedder=Broken()).with_documents(PAGES)
    with pytest.raises(RuntimeError, match="no weights"):
        await bound.ainvoke(question("When was the harbour closed?"))
