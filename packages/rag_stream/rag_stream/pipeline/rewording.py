"""A question in other words: a language model is asked for them where a search found little.

Documents seldom say a thing as those say it who ask. It may only help: where the model fails,
takes too long or says nothing new, the search stays what it was.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from rag_stream.answer_piece import AnswerPiece
from rag_stream.schema import Relevance

log = logging.getLogger(__name__)

MAX_CHARS = 400
"""Of the other words; a model that says more is not listened to any longer."""
MAX_THOUGHT = 20_000
"""Of what a model thinks before them, in tags."""
_REST_S = 0.5
"""How long one that says more than its line is listened to, for what it has cost comes last."""
_THOUGHT = ("<think>", "</think>")
_QUOTES = "\"'` \u201c\u201d\u201e\u00ab\u00bb\u2018\u2019"
_NEAR = 0.1
"""Of the way from the threshold to a score of 1: nearer than that, it is asked, too."""
_REQUEST = (
    "Somebody searches documents with the question that follows, and they use other words for it."
    " Ask it again in one sentence of at most thirty words, in the question's language, with the"
    " names that documents may use for the things and for what is done with them, and synonyms."
    " Do not answer it, and say nothing else."
)

Ask = Callable[[list[BaseMessage]], AsyncGenerator[AnswerPiece, None]]


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
    messages: list[BaseMessage] = [SystemMessage(_REQUEST), HumanMessage(question)]
    text, line, usage = "", None, None
    try:
        async with asyncio.timeout(timeout_s) as limit, aclosing(ask(messages)) as pieces:
            async for piece in pieces:
                text, usage = text + piece.text, piece.usage or usage
                if line is None and (line := _first_line(text, is_whole=False)):
                    rest = asyncio.get_running_loop().time() + _REST_S
                    limit.reschedule(min(limit.when() or rest, rest))
                if len(text) > (MAX_THOUGHT if _is_thought(text) else MAX_CHARS):
                    break
    except TimeoutError:
        if line is None:
            log.warning("the chat model had no other words for a question within %g s", timeout_s)
            return None
    except Exception as error:  # noqa: BLE001 - whatever a model does: no answer fails for it
        if line is None:
            name = type(error).__name__
            log.warning("the chat model had no other words for a question: %s", name)
            return None
    finally:
        if usage and spent is not None:
            spent(usage)
    line = line or _first_line(text, is_whole=True) or ""
    words = " ".join(line.strip(_QUOTES).split())[:MAX_CHARS]
    is_new = any(map(str.isalnum, words)) and words.casefold() != question.strip().casefold()
    return words if is_new else None


def _is_thought(text: str) -> bool:
    return text.lstrip().startswith(_THOUGHT[0]) and _THOUGHT[1] not in text


def _first_line(text: str, *, is_whole: bool) -> str | None:
    """The first line that says something, once it is there; not what a model thinks before it.

    Nor one that only announces what follows.
    """
    if _is_thought(text):
        return None
    if text.lstrip().startswith(_THOUGHT[0]):
        text = text.partition(_THOUGHT[1])[2]
    lines = text.split("\n")
    said = (line.strip() for line in (lines if is_whole else lines[:-1]))
    return next((line for line in said if line and not line.endswith(":")), None)
