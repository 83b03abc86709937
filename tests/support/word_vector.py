"""Embeddings of a stand-in model: texts that share words lie near each other."""

import math
import re
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")


def embed(text: str, dimension: int) -> NDArray[np.float32]:
    """Return the unit vector of a text; the same text gives the same vector everywhere."""
    vector = np.zeros(dimension, dtype=np.float32)
    for word in _WORD.findall(text.lower()):
        # Long words tell texts apart, "the" and "of" hardly do.
        weight = min(len(word), 8) / 8
        _add(vector, word, weight)
        if len(word) > 5:  # "stream" is to be near "streaming"
            _add(vector, word[:5], weight / 2)
    # Exactly: the library's own sums depend on the processor and on where the numbers lie.
    norm = math.sqrt(math.fsum(number * number for number in vector[vector != 0].tolist()))
    if norm == 0:  # no words, or words that cancel out: cosine needs a length all the same
        vector[0] = norm = 1.0
    return vector / np.float32(norm)


def _add(vector: NDArray[np.float32], feature: str, weight: float) -> None:
    for place, sign in _places(feature):
        vector[place % len(vector)] += sign * weight


@lru_cache(maxsize=100_000)
def _places(feature: str) -> list[tuple[int, int]]:
    # Several places, so that two words which meet in one differ in the others.
    # Not Python's own hash: that of a string differs from process to process.
    digest = blake2b(feature.encode(), digest_size=32).digest()
    numbers = [int.from_bytes(digest[at : at + 4], "big") for at in range(0, 32, 4)]
    return [(number >> 1, 1 if number & 1 else -1) for number in numbers]
