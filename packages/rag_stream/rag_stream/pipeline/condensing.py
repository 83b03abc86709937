"""A question that leans on what was said before it, made one that stands by itself, by a model.

For the search only, beside the question as it came. What the model says counts where it is in
the question's language, has its names and numbers and brings none of its own.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.messages import HumanMessage, SystemMessage

from rag_stream.conversation import Turn
from rag_stream.pipeline.history import latest
from rag_stream.pipeline.model_line import Ask, ask_line
from rag_stream.pipeline.rewording import is_same
from rag_stream.settings import Settings
from rag_stream.text.folding import folded
from rag_stream.text.function_words import languages_with
from rag_stream.text.language import language_in

RUN_NAME = "contextualize_q_llm"
TAGS = ("contextualize_question", RUN_NAME)
"""What LangChain's how-to knows the call by, in events and logs."""
_TOKENS = 1_500
"""Of what was said before: what a question leans on was said lately."""
_REQUEST = (
    "You are given the end of a conversation and the question that goes on with it. Documents are"
    " searched with the question alone, so write it as one that is understood without the"
    " conversation: put names in the place of pronouns and add what it leaves out. Keep its"
    " language, its names and its numbers, and add nothing that was not said. Do not answer it."
    " If it is understood by itself, repeat it. Write only the question, in one line."
)
_WHO = {"user": "User", "assistant": "Assistant"}
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+")
_FEW = 2


def is_wanted(settings: Settings, *, is_leaning: bool) -> bool:
    """Whether a question with a history is to be made to stand by itself."""
    return settings.condense == "always" or (settings.condense == "auto" and is_leaning)


async def condense(
    ask: Ask,
    question: str,
    history: Sequence[Turn],
    timeout_s: float,
    spent: Callable[[Any], None] | None = None,
) -> str | None:
    """The question by itself, asked for once; None where there is no other, or none in time."""
    turns = latest(history, _TOKENS).turns
    said = "\n".join(f"{_WHO[turn.role]}: {turn.text}" for turn in turns)
    messages = [
        SystemMessage(_REQUEST),
        HumanMessage(f"The conversation:\n{said}\n\nThe question:\n{question}"),
    ]
    words = await ask_line(ask, messages, timeout_s, spent, wanted="question that stands alone")
    if words is None or is_same(words, question) or not keeps(words, question, history):
        return None
    return words


def keeps(words: str, question: str, history: Sequence[Turn]) -> bool:
    """Whether other words for a question are still about what it names, in its language."""
    ours, theirs = language_in(question), language_in(words)
    if ours and theirs and ours != theirs:
        return False
    there = folded(words).casefold()
    if not all(_stem(name) in there for name in _names(question)):
        return False
    known = {
        number for text in (question, *(turn.text for turn in history)) for number in _numbers(text)
    }
    return _numbers(question) <= _numbers(words) <= known


def _numbers(text: str) -> frozenset[str]:
    return frozenset(_NUMBER.findall(text))


def _names(question: str) -> list[str]:
    """Its words that are written as names: with capitals amid a sentence, or Latin amid others."""
    words = _WORD.findall(question)
    return [word for place, word in enumerate(words) if _is_name(word, place, len(words))]


def _is_name(word: str, place: int, count: int) -> bool:
    if word[1:] != word[1:].lower():
        return True
    if not word[0].isupper() or len(word) == 1:
        return False
    # The first word has a capital anyway: one of very few is a name unless it only joins.
    return place > 0 or (count <= _FEW and not languages_with(folded(word).casefold()))


def _stem(name: str) -> str:
    """Without what other cases and numbers end it with."""
    plain = folded(name).casefold()
    return plain[: max(4, len(plain) - 2)]
