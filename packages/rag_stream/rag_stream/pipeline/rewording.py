"""A question in other words: a language model is asked for them where a search found little.

Documents seldom say a thing as those say it who ask. It may only help: where the model fails,
takes too long or says nothing new, the search stays what it was.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from rag_stream.answer_piece import AnswerPiece
from rag_stream.schema import Relevance

log = logging.getLogger(__name__)

MAX_CHARS = 400
"""Of the other words; a model that says more is not listened to any longer."""
_NEAR = 0.1
"""Of the way from the threshold to a score of 1: nearer than that, it is asked, too."""
_REQUEST = (
    "Somebody searches documents with the question that follows, and they use other words for it."
    " Say the question in words that the documents may use: names of the things and of what is done"
    " with them, synonyms too, in the question's language, on one line of at most thirty words."
    " Do not answer it, and say nothing else."
)

Ask = Callable[[list[BaseMessage]], AsyncGenerator[AnswerPiece, None]]


def is_worth_it(relevance: Relevance) -> bool:
    """Whether a search came out near its threshold or below it."""
    score, threshold = relevance.score, relevance.threshold
    if score is None or threshold is None:
        return False
    return score < threshold + _NEAR * (1 - threshold)


async def reword(ask: Ask, question: str, timeout_s: float) -> str | None:
    """The question in other words, asked for once; None where there are none in time."""
    messages: list[BaseMessage] = [SystemMessage(_REQUEST), HumanMessage(question)]
    text = ""
    try:
        async with asyncio.timeout(timeout_s), aclosing(ask(messages)) as pieces:
            async for piece in pieces:
                text += piece.text
                if len(text) > MAX_CHARS or "\n" in text.lstrip():
                    break
    except TimeoutError:
        log.warning("the chat model had no other words for a question within %g s", timeout_s)
        return None
    except Exception as error:  # noqa: BLE001 - whatever a model does: no answer fails for it
        log.warning("the chat model had no other words for a question: %s", type(error).__name__)
        return None
    words = " ".join(text.strip().split("\n", 1)[0].strip("\"' \u201c\u201d").split())[:MAX_CHARS]
    is_new = any(map(str.isalnum, words)) and words.casefold() != question.strip().casefold()
    return words if is_new else None
