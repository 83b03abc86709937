"""The vectors of a question and of what was said before it: which are asked for, and waited for."""

import asyncio

import pytest
from langchain_core.embeddings import Embeddings

from rag_stream.conversation import Turn
from rag_stream.errors import EmbeddingFailedError
from rag_stream.models.factory import Embedder
from rag_stream.models.lazy import Lazy
from rag_stream.retrieval import spoken
from rag_stream.retrieval.history import MIXED, History, history_of


class Scripted(Embeddings):
    """Embeds by length; fails or never answers for some texts."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def aembed_query(self, text: str) -> list[float]:
        self.asked.append(text)
        if "broken" in text:
            raise EmbeddingFailedError("broken")
        if "slow" in text:
            await asyncio.Event().wait()
        return [float(len(text)), 1.0]

    def embed_query(self, text: str) -> list[float]:
        raise NotImplementedError

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise NotImplementedError


def after(*said: str) -> History | None:
    return history_of("Why?", [Turn("user", text) for text in said])


async def test_only_the_last_turns_that_are_not_remembered_are_embedded() -> None:
    model = Scripted()
    embedder = Embedder("scripted", Lazy(lambda: model))
    said = [f"How high is tower number {n}?" for n in range(6)]
    told = await spoken.embed(embedder, "Why?", after(*said))
    assert sorted(model.asked) == [*said[4:], "Why?"]
    assert [vector is not None for vector in told.turns] == [True] * MIXED + [False] * 2
    await embedder.embed_question(said[2])
    model.asked.clear()
    told = await spoken.embed(embedder, "Why?", after(*said))
    assert model.asked == []
    assert [vector is not None for vector in told.turns] == [True, True, False, True]


async def test_of_a_chain_what_it_hangs_on_is_embedded_too() -> None:
    model = Scripted()
    embedder = Embedder("scripted", Lazy(lambda: model))
    chain = ("How high is the old tower?", "And how wide?", "Who built it?", "And when?")
    told = await spoken.embed(embedder, "Why?", after(*chain))
    assert None not in told.turns
    assert sorted(model.asked) == sorted(("Why?", *chain))
    model.asked.clear()
    await spoken.embed(embedder, "Why?", after(*chain, "And where?", "And how old?"))
    assert sorted(model.asked) == ["And how old?", "And where?"]


@pytest.mark.parametrize("text", ["broken", "slow"])
async def test_a_turn_that_cannot_be_embedded_is_done_without(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spoken, "WAIT_S", 0.001)
    model = Scripted()
    embedder = Embedder("scripted", Lazy(lambda: model))
    told = await spoken.embed(embedder, "Why?", after(text))
    assert list(told.question) == [4.0, 1.0]
    assert told.turns == (None,)
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


async def test_a_question_that_cannot_be_embedded_leaves_nothing_behind() -> None:
    model = Scripted()
    embedder = Embedder("scripted", Lazy(lambda: model))
    with pytest.raises(EmbeddingFailedError):
        await spoken.embed(embedder, "broken", after("slow"))
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


async def test_without_a_history_there_is_the_question_alone() -> None:
    model = Scripted()
    told = await spoken.embed(Embedder("scripted", Lazy(lambda: model)), "Why?", None)
    assert (model.asked, told.turns) == (["Why?"], ())
