"""From a question to what it is answered from: one search, or two where the first finds little."""

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from langchain_core.runnables import RunnableConfig

from rag_stream.conversation import Turn
from rag_stream.errors import RagError
from rag_stream.models.message_pieces import plain_pieces
from rag_stream.options import Options
from rag_stream.pipeline.rewording import is_worth_it, reword
from rag_stream.pipeline.runtime import Runtime
from rag_stream.retrieval.budget import Budget
from rag_stream.retrieval.retriever import Retrieved
from rag_stream.retrieval.union import union
from rag_stream.schema import Relevance

log = logging.getLogger(__name__)


class Searched(NamedTuple):
    """What was found, how relevant it is, and the other words that were searched for, too.

    `usage`: of the call for these, where there was one and the model has said it.
    """

    found: Retrieved
    relevance: Relevance
    words: str | None = None
    usage: Any = None


async def search(
    runtime: Runtime,
    question: str,
    options: Options,
    config: RunnableConfig | None,
    history: Sequence[Turn] = (),
) -> Searched:
    """The documents for a question. Raises what `Retriever.retrieve` raises.

    Where they are hardly relevant and there is a language model, its words for the question
    are searched for, too; that call is in no trace.
    """
    found = await runtime.retriever.retrieve(question, options, config, history)
    relevance = await runtime.judge(question, found, options.where, history=history)
    if not (runtime.rewords and is_worth_it(relevance)):
        return Searched(found, relevance)
    model = runtime.model
    await model.load()
    ask = partial(plain_pieces, model.runnable, wire=model.wire)
    spent: list[Any] = []
    words = await reword(ask, question, runtime.settings.reword_timeout_s, spent.append)
    usage = spent[-1] if spent else None
    if words is None:
        return Searched(found, relevance, usage=usage)
    try:
        second = await runtime.retriever.retrieve(words, options, config)
        # By the question as it was asked: the model's words choose no threshold, and name nothing.
        its = await runtime.judge(question, second, options.where, asked=found)
    except RagError as error:
        log.warning("the second search failed; what the first has found is used: %s", error)
        return Searched(found, relevance, usage=usage)
    if its.is_refusal:  # then they have helped nobody
        return Searched(found, relevance, words, usage)
    if not _are_of_one_index(found, second):
        try:  # once more, as the index is now: what it has found may be the better
            found = await runtime.retriever.retrieve(question, options, config, history)
            relevance = await runtime.judge(question, found, options.where, history=history)
        except RagError as error:
            log.warning("the first search could not be done again: %s", error)
            return Searched(second, its, words, usage)
    is_first_better = not relevance.is_refusal and (relevance.score or 0.0) > (its.score or 0.0)
    if not _are_of_one_index(found, second):  # changed once again; what holds together is one
        if is_first_better:
            return Searched(found, relevance, words, usage)
        return Searched(second, its, words, usage)
    budget = Budget(runtime.settings.context_chars, options.k)
    once = runtime.settings.profile != "reference"
    both = union(found, second, budget, once=once)
    return Searched(both, relevance if is_first_better else its, words, usage)


def _are_of_one_index(one: Retrieved, other: Retrieved) -> bool:
    """Whether what two searches have found holds together: in one generation of one collection."""
    is_same = one.snapshot.collection.id == other.snapshot.collection.id
    return is_same and one.generation == other.generation
