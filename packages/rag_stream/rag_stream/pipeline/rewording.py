"""A question in other words: a language model is asked for them where a search found little.

Documents seldom say a thing as those say it who ask. It may only help: where the model fails,
takes too long or says nothing new, the search stays what it was.
"""

from collections.abc import Callable
from typing import Any

from langchain_core.messages import HumanMessage, SystemMessage

from rag_stream.pipeline.model_line import Ask, ask_line
from rag_stream.schema import Relevance

_NEAR = 0.1
"""Of the way from the threshold to a score of 1: nearer than that, it is asked, too."""
_REQUEST = (
    "Somebody searches documents with the question that follows, and they use other words for it."
    " Ask it again in one sentence of at most thirty words, in the question's language, with the"
    " names that documents may use for the things and for what is done with them, and synonyms."
    " Do not answer it, and say nothing else."
)


def is_worth_it(relevance: Relevance) -> bool:
    """Whether a search came out near its threshold or below it."""
    score, threshold = relevance.score, relevance.threshold
    if score is None or threshold is None:
        return False
    return score < threshold + _NEAR * (1 - threshold)


async def reword(
    ask: Ask, question: str, timeout_s: float, spent: Callable[[Any], None] | None = None
) -> str | None:
    """The question in other words, asked for once; None where there are none in time.

    `spent` is told the call's usage, where the model has said it.
    """
    messages = [SystemMessage(_REQUEST), HumanMessage(question)]
    wanted = "other words for a question"
    words = await ask_line(ask, messages, timeout_s, spent, wanted=wanted)
    return None if words is None or is_same(words, question) else words


def is_same(words: str, question: str) -> bool:
    """Whether other words are none."""
    return words.casefold() == question.strip().casefold()
