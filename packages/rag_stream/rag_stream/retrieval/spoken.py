"""Embedding a question beside what was said before it, which must not be waited for long."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from rag_stream.calibration.kept_loads import Kept
from rag_stream.calibration.language import language_of
from rag_stream.errors import RagError
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.lexical.earlier import Earlier
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


@dataclass(frozen=True, slots=True)
class Weighed:
    """A question's vector with what was said before it, how far that counts, and its words.

    `alone`: the question's own vector, where what it finds by itself is to stay in front; `topic`:
    what it goes on with, in the user's words.
    """

    vector: Sequence[float]
    counts: float = 0.0
    earlier: tuple[Earlier, ...] = ()
    alone: Sequence[float] | None = None
    topic: tuple[str, ...] = ()


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
) -> Weighed:
    """What to search with, and how far what was said before the question counts in it.

    `kept`: knows where questions lie with the model of the index.
    """
    own = spoken.question
    if history is None:
        return Weighed(own)
    near: list[float | None] = [None] * len(spoken.turns)
    if kept is not None and any(vector is not None for vector in spoken.turns):
        model, language = snapshot.embedding_model, language_of(question)
        centre = await kept.centre(model, len(own), language, snapshot)
        if centre is not None:
            near = [one if one is None else likeness(own, one, centre) for one in spoken.turns]
    each = history.each(near)
    counts = max(each)
    places = (one.place for one in history.said)
    told = zip(places, map(history.in_vector, each), spoken.turns, strict=True)
    alone = own if history.stands_alone(counts) else None
    return Weighed(mixed(own, told), counts, history.words(each), alone, history.topic(each))


async def loaded(embedder: Embedder, limit: asyncio.Timeout) -> None:
    """Load the model, in time of its own."""
    loop, until = asyncio.get_running_loop(), limit.when()
    began = loop.time()
    limit.reschedule(None)
    await embedder.load()
    if until is not None:
        limit.reschedule(until + loop.time() - began)
