"""How much of what a question says a chunk has. Pure."""

from collections.abc import Mapping, Set
from functools import lru_cache
from typing import Any

from rag_stream.lexical.fields import tokens
from rag_stream.lexical.wanted import Term
from rag_stream.text.labels import label_words
from rag_stream.text.language import LANGUAGE, language_in

_FEWEST = 2
"""Terms that have to be there. One word alone is somewhere in any documents, whoever asks."""


def coverage(
    information: Mapping[str, float], text: str, metadata: Mapping[str, Any], alone: float = 0.0
) -> float:
    """The share of the information of a question's terms that the chunk's text and labels have.

    `information`: how much each term says in the index; one that is a `Term` is there in any of
    its ways. 0 for a question without any; where one of its terms alone is there, the part
    `alone` of that.
    """
    told = sum(information.values())
    if told <= 0:
        return 0.0
    language = metadata.get(LANGUAGE) or language_in(text)
    has: Set[str] = _terms_of(text, language)
    there = {term for term in information if _is_in(term, has)}
    if len(there) < len(information):
        has |= _terms_of(label_words(metadata), language)
        there = {term for term in information if _is_in(term, has)}
    share = sum(information[term] for term in there) / told
    return share if len(there) >= _FEWEST else alone * share


@lru_cache(512)  # asked of the same chunk for a question and for the talk before it, and again
def _terms_of(text: str, language: str | None) -> frozenset[str]:
    return frozenset(tokens(text, language))


def _is_in(term: str, has: Set[str]) -> bool:
    return any(way <= has for way in term.ways) if isinstance(term, Term) else term in has
