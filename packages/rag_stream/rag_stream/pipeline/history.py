"""What of a conversation the model is given beside a question: the latest, within a bound. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from rag_stream.citations.scanner import MarkerScanner
from rag_stream.conversation import Turn
from rag_stream.messages import CUT
from rag_stream.text.stand_ins import STAND_INS
from rag_stream.text.tokens import PER_MESSAGE, tokens

NOT_ANSWERED = "(This was not answered.)"
"""Between two messages of the user's: some models' templates want the roles in turn."""
_NUMBER = re.compile(r" ?(?:\[\d{1,3}\])+")
_LEAST = 20
"""Tokens: of less of an answer there is no use."""


class Given(NamedTuple):
    """The latest turns, oldest first, and how many earlier ones there is no room for."""

    turns: tuple[Turn, ...] = ()
    dropped: int = 0


def latest(history: Sequence[Turn], most_tokens: int) -> Given:
    """As many of the latest turns as there is room for, beginning with one of the user's.

    An answer whose question was dropped says little, and some models take none first. Turns are
    given whole, but for a last answer that leaves no room for its question: its beginning.
    """
    left, first = most_tokens, len(history)
    while first > 0 and (cost := _cost(history[first - 1])) <= left:
        left, first = left - cost, first - 1
    while first < len(history) and history[first].role == "assistant":
        first += 1
    if first < len(history) or not history:
        return Given(tuple(history[first:]), first)
    last = _cut(history, most_tokens)
    return Given(last, len(history) - len(last))


def messages_of(turns: Sequence[Turn], *, with_numbers: bool) -> list[BaseMessage]:
    """The turns as a model is given them: the roles in turn, the last one the assistant's.

    `with_numbers`: with the citations in earlier answers, whose numbers are of other documents.
    """
    said: list[BaseMessage] = []
    for turn in turns:
        if turn.role == "assistant":
            said.append(AIMessage(turn.text if with_numbers else _without_numbers(turn.text)))
        else:
            if said and said[-1].type == "human":
                said.append(AIMessage(NOT_ANSWERED))
            said.append(HumanMessage(turn.text))
    if said and said[-1].type == "human":
        said.append(AIMessage(NOT_ANSWERED))
    return said


@lru_cache(256)  # a conversation is sent again with each of its questions
def _without_numbers(text: str) -> str:
    if "`" not in text:  # as our own answers have them; in code they may be something else
        text = _NUMBER.sub("", text)
        if text.isascii() and "[" not in text:
            return text
    numbers = MarkerScanner(sources=0, genuine=STAND_INS)
    return numbers.feed(text)[0] + numbers.end()[0]


def _cut(history: Sequence[Turn], most_tokens: int) -> tuple[Turn, ...]:
    """The last question and the beginning of its answer; nothing where even that is too much."""
    if len(history) < 2 or [turn.role for turn in history[-2:]] != ["user", "assistant"]:
        return ()
    asked, said = history[-2:]
    left = most_tokens - _cost(asked) - PER_MESSAGE - tokens(CUT)
    if left < _LEAST:
        return ()
    low, high = 0, len(said.text)
    while low < high:
        middle = (low + high + 1) // 2
        if tokens(said.text[:middle]) <= left:
            low = middle
        else:
            high = middle - 1
    return asked, Turn("assistant", said.text[:low].rstrip() + CUT)


def _cost(turn: Turn) -> int:
    return tokens(turn.text) + PER_MESSAGE
