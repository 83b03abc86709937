"""How much of what a question says a chunk has. Pure."""

from collections.abc import Mapping
from typing import Any

from rag_stream.lexical.fields import tokens
from rag_stream.text.labels import label_words

_FEWEST = 2
"""Terms that have to be there. One word alone is somewhere in any documents, whoever asks."""


def coverage(
    information: Mapping[str, float], text: str, metadata: Mapping[str, Any], alone: float = 0.0
) -> float:
    """The share of the information of a question's terms that the chunk's text and labels have.

    `information`: how much each term says in the index. 0 for a question without any; where one of
    its terms alone is there, the part `alone` of that.
    """
    told = sum(information.values())
    if told <= 0:
        return 0.0
    there = information.keys() & set(tokens(text))
    if len(there) < len(information):
        there |= information.keys() & set(tokens(label_words(metadata)))
    share = sum(information[term] for term in there) / told
    return share if len(there) >= _FEWEST else alone * share
