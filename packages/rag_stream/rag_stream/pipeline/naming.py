"""Questions that are a name or a few words, which one document has all of. Pure."""

import re
from collections.abc import Sequence

from langchain_core.documents import Document

from rag_stream.text.keywords import WORD, terms

_FEW, _LONGEST = 4, 50
_TOKEN = re.compile(r"\w+")
_RARE, _RARE_SHARE = 2, 1 / 3
"""A name is in so many of the documents that were found at most, or in that share of them."""
_HALF, _MOST = 0.5, 0.85
"""Of a threshold, with a name among the words; for a plain word by itself. With all-MiniLM-L6-v2
"pizza" is 0.24 from where it is but an example, and "winch" 0.45 from its manual."""


def naming(documents: Sequence[Document], question: str) -> float:
    """The share of the threshold that applies to a few words, all of which one document has.

    A model may never have seen a name, and finds nothing like it then. None applies where it
    cannot know any of them, where one is written as a name amid a sentence, or where they stand
    in a few documents one after another. Half of it to words of which it cannot know one, most
    of it to a single word, which a document may be about or mention by the way.
    """
    question = question[: _FEW * _LONGEST]
    words = {word.casefold() for word in WORD.findall(question)}
    asked = terms(question) if 0 < len(words) <= _FEW else frozenset()
    # Fewer: it has words that only hold a question together, and is more than a name.
    if not asked or len(asked) < len(words):
        return 1.0
    having = [one.page_content for one in documents if asked <= terms(one.page_content)]
    if not having:
        return 1.0
    unknown = [_is_unknown(token) for token in _TOKEN.findall(question)]
    if all(unknown):
        return 0.0
    if len(words) == 1:
        is_name = any(_is_written_as_name(question, text) for text in having)
        return 0.0 if is_name else _MOST
    told = _in_order(question)
    together = sum(_has_run(_in_order(text), told) for text in having)
    if 0 < together <= max(_RARE, _RARE_SHARE * len(documents)):
        return 0.0
    return _HALF if any(unknown) else 1.0


def _is_written_as_name(question: str, text: str) -> bool:
    """Whether its one word has a capital there, too, where no sentence begins."""
    return any(
        word[0].isupper() and re.search(rf"[\w,;] {re.escape(word)}\b", text) is not None
        for word in _TOKEN.findall(question)
    )


def _is_unknown(word: str) -> bool:
    """Whether it is none that a model has learnt: it has a digit, `_` or capitals within."""
    return "_" in word or any(letter.isdigit() for letter in word) or word[1:].lower() != word[1:]


def _in_order(text: str) -> list[str]:
    return [term for word in WORD.findall(text) for term in terms(word)]


def _has_run(words: Sequence[str], run: Sequence[str]) -> bool:
    return any(words[at : at + len(run)] == run for at in range(len(words) - len(run) + 1))
