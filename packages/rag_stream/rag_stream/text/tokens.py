"""How many tokens a text is to a language model, about: without its tokenizer. Pure, linear.

By script, on the high side of what today's tokenizers make: four letters of English a token,
three of other Latin, Cyrillic, Greek, Arabic and Hebrew letters, two of Indic and Thai ones, one
of Chinese, Japanese and Korean.
"""

import re
from collections.abc import Mapping

_ASCII = 1 / 4
_LETTERS = 1 / 3
_MORE: Mapping[str, float] = {
    "\u0900-\u109f\u1200-\u137f\u1780-\u17ff": 1 / 2,
    "\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef": 1.0,
    # Signs beyond: emoji, rare characters.
    "\U00010000-\U0010ffff": 2.0,
}
_RUNS = {re.compile(f"[{signs}]+"): cost for signs, cost in _MORE.items()}
_NOT_ASCII = re.compile("[^\x00-\x7f]+")
PER_MESSAGE = 4
"""What a message takes beside its text."""


def tokens(text: str) -> int:
    """About how many tokens the text is; one at least, where there is any."""
    if text.isascii():
        return -(-len(text) // 4)
    others = sum(map(len, _NOT_ASCII.findall(text)))
    cost = (len(text) - others) * _ASCII
    for runs, each in _RUNS.items():
        length = sum(map(len, runs.findall(text)))
        cost += length * each
        others -= length
    return int(cost + others * _LETTERS + 0.999)
