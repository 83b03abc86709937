"""From a question to what it is answered from: one search, or more where one does not do.

What a question leaves to its history, and what it words otherwise than the documents, a language
model may be asked for; what that says is searched for beside the question as it came.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from langchain_core.messages import BaseMessage
from langchain_core.messages.ai import add_usage
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import merge_configs

from rag_stream.answer_piece import AnswerPiece
from rag_stream.conversation import Turn
from rag_stream.errors import RagError
from rag_stream.events import Reworded
from rag_stream.models.message_pieces import message_pieces, plain_pieces
from rag_stream.options import Options
from rag_stream.pipeline.condensing import RUN_NAME, TAGS, condense, is_wanted
from rag_stream.pipeline.not_known import without_refused
from rag_stream.pipeline.rewording import is_worth_it, reword
from rag_stream.pipeline.runtime import Runtime
from rag_stream.retrieval.budget import Budget
from rag_stream.retrieval.retriever import Retrieved
from rag_stream.retrieval.union import union
from rag_stream.schema import Relevance
from rag_stream.text.leaning import leans

log = logging.getLogger(__name__)

_GOES_ON = 0.5
"""From where what was said before counts so far that it is told."""
_MOST_TOLD = 300
"""Characters of the questions before, where they are told with one that goes on with them."""


class Searched(NamedTuple):
    """What was found, how relevant it is, and the question as it stands by itself.

    `asked`: None for a first question that nobody was asked other words for. `usage`: of the calls
    for these, where there were any and the model has said it.
    """

    found: Retrieved
    relevance: Relevance
    asked: Reworded | None = None
    usage: Any = None


@dataclass(slots=True)
class _Search:
    """One question, searched for; what of it stays the same from search to search."""

    runtime: Runtime
    question: str
    options: Options
    config: RunnableConfig | None
    history: Sequence[Turn]
    usage: Any = None
    leaning: bool = field(init=False)
    talk: Sequence[Turn] = field(init=False)
    """What of the history may say what the question is about."""

    def __post_init__(self) -> None:
        self.leaning = leans(self.question, [turn.text for turn in self.history])
        self.talk = self.history if self.leaning else without_refused(self.history)

    async def first(self) -> tuple[Retrieved, Relevance]:
        """By the question as it came, and what was said before it."""
        where = self.options.where
        found = await self.runtime.retriever.retrieve(
            self.question, self.options, self.config, self.talk
        )
        return found, await self.runtime.judge(self.question, found, where, history=self.talk)

    @asynccontextmanager
    async def condensing(self) -> AsyncIterator[asyncio.Task[str | None] | None]:
        """The model's call for the question by itself, while the block searches without it."""
        settings = self.runtime.settings
        wanted = bool(self.history) and is_wanted(settings, is_leaning=self.leaning)
        if not wanted or self.runtime.model.local is not None:
            yield None
            return
        await self.runtime.model.load()
        asked = condense(
            self._ask_to_condense,
            self.question,
            self.history,
            settings.condense_timeout_s,
            self._spend,
        )
        task = asyncio.create_task(asked)
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def reworded(self, question: str) -> str | None:
        """A question in the model's words; that call is in no trace."""
        model = self.runtime.model
        await model.load()
        ask = partial(plain_pieces, model.runnable, wire=model.wire)
        return await reword(ask, question, self.runtime.settings.reword_timeout_s, self._spend)

    async def with_words(
        self, found: Retrieved, relevance: Relevance, words: str, *, stands: bool
    ) -> tuple[Retrieved, Relevance, bool]:
        """What was found, and what is found for the words; whether these were searched for.

        `stands`: they say what the question leaves out, and are judged as a question of their own.
        Else they choose no threshold, and name nothing.
        """
        runtime, where = self.runtime, self.options.where
        try:
            second = await runtime.retriever.retrieve(words, self.options, self.config)
            if stands:
                its = await runtime.judge(words, second, where)
            else:
                its = await runtime.judge(self.question, second, where, asked=found)
        except RagError as error:
            log.warning("the second search failed; what the first has found is used: %s", error)
            return found, relevance, False
        if its.is_refusal:  # then they have helped nobody
            return found, relevance, True
        if not _are_of_one_index(found, second):
            try:  # once more, as the index is now: what it has found may be the better
                found, relevance = await self.first()
            except RagError as error:
                log.warning("the first search could not be done again: %s", error)
                return second, its, True
        is_first_better = is_better(relevance, its)
        if not _are_of_one_index(found, second):  # changed again; what holds together is one
            return (found, relevance, True) if is_first_better else (second, its, True)
        budget = Budget(runtime.settings.context_chars, self.options.k)
        once = runtime.settings.profile != "reference"
        both = union(found, second, budget, once=once)
        return both, relevance if is_first_better else its, True

    def told(self, found: Retrieved) -> Reworded | None:
        """The question by itself, where no model has said it."""
        if not self.history:
            return None
        if not found.topic or not (self.leaning or found.counts >= _GOES_ON):
            return Reworded(self.question, "none")
        return Reworded(f"{' '.join(found.topic)[:_MOST_TOLD]} {self.question}", "history")

    def _ask_to_condense(self, messages: list[BaseMessage]) -> AsyncGenerator[AnswerPiece, None]:
        model = self.runtime.model
        if self.config is None:
            return plain_pieces(model.runnable, messages, model.wire)
        named: RunnableConfig = {"run_name": RUN_NAME, "tags": list(TAGS)}
        return message_pieces(
            model.runnable, messages, merge_configs(self.config, named), model.wire
        )

    def _spend(self, usage: Any) -> None:
        self.usage = usage if self.usage is None else dict(add_usage(self.usage, usage))


async def search(
    runtime: Runtime,
    question: str,
    options: Options,
    config: RunnableConfig | None,
    history: Sequence[Turn] = (),
) -> Searched:
    """The documents for a question. Raises what `Retriever.retrieve` raises.

    Where it leans on its history and there is a language model, the question that this makes of
    it is searched for, too; and where what was found is hardly relevant, its words for it.
    """
    one = _Search(runtime, question, options, config, history)
    async with one.condensing() as call:
        found, relevance = await one.first()
        standalone = None if call is None else await call
    asked = one.told(found)
    if standalone is not None:
        found, relevance, is_done = await one.with_words(found, relevance, standalone, stands=True)
        asked = Reworded(standalone, "model") if is_done else asked
    # A model that had no question to give in time is not asked once more.
    may_ask = call is None or standalone is not None
    if may_ask and runtime.rewords and is_worth_it(relevance):
        told = question if asked is None or asked.by == "none" else asked.question
        words = await one.reworded(told)
        if words is not None:
            found, relevance, is_done = await one.with_words(found, relevance, words, stands=False)
            if is_done and standalone is None:
                asked = Reworded(words, "model")
    return Searched(found, relevance, asked, one.usage)


def is_better(one: Relevance, other: Relevance) -> bool:
    """Whether the first is the more relevant of two, the second of which is no refusal.

    Scores of two measures, told by their thresholds, do not compare: then it is the first.
    """
    if one.is_refusal:
        return False
    if (one.threshold, one.basis) != (other.threshold, other.basis):
        return True
    return (one.score or 0.0) > (other.score or 0.0)


def _are_of_one_index(one: Retrieved, other: Retrieved) -> bool:
    """Whether what two searches have found holds together: in one generation of one collection."""
    is_same = one.snapshot.collection.id == other.snapshot.collection.id
    return is_same and one.generation == other.generation
