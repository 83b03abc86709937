"""Whether a question says what it is about, or leans on what was said before it. Pure."""

from collections.abc import Sequence

from rag_stream.text.keywords import terms

_FEW = 2
"""So few words that carry meaning leave open what a question is about."""


def leans(question: str, said: Sequence[str]) -> bool:
    """Whether a question takes what was said before it, oldest first, to be understood.

    Never where nothing was said.
    """
    return bool(said) and len(terms(question)) <= _FEW
