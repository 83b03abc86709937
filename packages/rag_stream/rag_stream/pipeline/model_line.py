"""One line asked of a language model, in time; whatever it does, no answer fails for it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from langchain_core.messages import BaseMessage

from rag_stream.answer_piece import AnswerPiece

log = logging.getLogger(__name__)

MAX_CHARS = 400
"""Of the line; a model that says more is not listened to any longer."""
MAX_THOUGHT = 20_000
"""Of what a model thinks before it, in tags."""
_REST_S = 0.5
"""How long one that says more than its line is listened to, for what it has cost comes last."""
_THOUGHT = ("<think>", "</think>")
_QUOTES = "\"'` \u201c\u201d\u201e\u00ab\u00bb\u2018\u2019"

Ask = Callable[[list[BaseMessage]], AsyncGenerator[AnswerPiece, None]]


async def ask_line(
    ask: Ask,
    messages: list[BaseMessage],
    timeout_s: float,
    spent: Callable[[Any], None] | None = None,
    *,
    wanted: str,
) -> str | None:
    """The line that a model is asked for once, without quotes; None where there is none in time.

    `spent` is told the call's usage, where the model has said it. `wanted`: what it was to say,
    for the log.
    """
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
            log.warning("the chat model had no %s within %g s", wanted, timeout_s)
            return None
    except Exception as error:  # noqa: BLE001 - whatever a model does: no answer fails for it
        if line is None:
            name = type(error).__name__
            log.warning("the chat model had no %s: %s", wanted, name)
            return None
    finally:
        if usage and spent is not None:
            spent(usage)
    line = line or _first_line(text, is_whole=True) or ""
    words = " ".join(line.strip(_QUOTES).split())[:MAX_CHARS]
    return words if any(map(str.isalnum, words)) else None


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
