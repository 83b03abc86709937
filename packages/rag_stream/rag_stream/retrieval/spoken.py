"""Embedding a question beside what was said before it, which must not be waited for long."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from rag_stream.calibration.kept_loads import Kept
from rag_stream.calibration.language import language_of
from rag_stream.errors import RagError
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.models.factory import Embedder
from rag_stream.retrieval.history import MIXED, History
from rag_stream.retrieval.vectors import likeness, mixed

WAIT_S = 0.05
"""How long the vectors of earlier turns are waited for when the question's own is there."""
_NEW = 4
"""Of turns whose vectors are not known so many are embedded beside a question."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The vectors of a question and of the turns before it, the last one first; None: not known."""

    question: Sequence[float]
    turns: tuple[Sequence[float] | None, ...] = ()

    @property
    def known(self) -> list[Sequence[float]]:
        """Those of the turns that there are."""
        return [vector for vector in self.turns if vector is not None]


async def embed(embedder: Embedder, question: str, history: History | None) -> Spoken:
    """The vectors of both. Raises what `Embedder.embed_question` raises for the question.

    Turns are remembered from when they were questions; of those that are not, only the last ones
    are embedded, together with the question, and a failure of theirs is nobody's.
    """
    if history is None:
        return Spoken(await embedder.embed_question(question))
    near = [one.text for one in history.said if one.place <= MIXED]
    unknown = [text for text in near if embedder.remembered(text) is None][:_NEW]
    tasks = [asyncio.create_task(_embedded(embedder, text)) for text in unknown]
    try:
        own = await embedder.embed_question(question)
        if tasks:
            await asyncio.wait(tasks, timeout=WAIT_S)
    finally:
        for task in tasks:
            task.cancel()
    return Spoken(own, tuple(embedder.remembered(one.text) for one in history.said))


async def _embedded(embedder: Embedder, text: str) -> None:
    with suppress(RagError):  # the question is searched for without it
        await embedder.embed_question(text)


async def weighed(
    spoken: Spoken,
    question: str,
    history: History | None,
    kept: Kept | None,
    snapshot: IndexSnapshot,
) -> tuple[Sequence[float], float]:
    """The vector to search with, and how far what was said before the question counts in it.

    `kept`: knows where questions lie with the model of the index.
    """
    own = spoken.question
    if history is None:
        return own, 0.0
    near = None
    if kept is not None and (turns := spoken.known):
        model, language = snapshot.embedding_model, language_of(question)
        centre = await kept.centre(model, len(own), language, snapshot)
        near = None if centre is None else likeness(own, turns, centre)
    counts = history.counts(near)
    places = (one.place for one in history.said)
    told = zip(places, spoken.turns, strict=True)
    return mixed(own, told, history.in_vector(counts)), counts


async def loaded(embedder: Embedder, limit: asyncio.Timeout) -> None:
    """Load the model, in time of its own."""
    loop, until = asyncio.get_running_loop(), limit.when()
    began = loop.time()
    limit.reschedule(None)
    await embedder.load()
    if until is not None:
        limit.reschedule(until + loop.time() - began)
