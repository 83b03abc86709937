"""The stand-in's embeddings: as long as OpenAI's small model's, near where words are shared."""

import base64
import re
import zlib
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIMENSION = 1536
_WORD = re.compile(r"[a-z]+")


def response(model: str, texts: list[str], as_base64: bool) -> dict[str, Any]:
    """The JSON of an embeddings response; floats are arrays that orjson writes itself."""
    data = [
        {"object": "embedding", "index": index, "embedding": _coded(_vector(text), as_base64)}
        for index, text in enumerate(texts)
    ]
    words = sum(text.count(" ") + 1 for text in texts)
    usage = {"prompt_tokens": words, "total_tokens": words}
    return {"object": "list", "model": model, "data": data, "usage": usage}


def _vector(text: str) -> NDArray[np.float32]:
    vector = np.zeros(DIMENSION, dtype=np.float32)
    for word in _WORD.findall(text.lower()):
        place, weight = _place(word)
        vector[place] += weight
    length = float(np.linalg.norm(vector))
    if length == 0.0:
        vector[0] = length = 1.0
    return vector / np.float32(length)


@lru_cache(maxsize=50_000)
def _place(word: str) -> tuple[int, float]:
    # Not Python's hash: that of a string differs from process to process.
    number = zlib.crc32(word.encode())
    weight = min(len(word), 8) / 8  # "the" tells texts apart less than "retrieval"
    return number % DIMENSION, weight if number & 0x10000 else -weight


def _coded(vector: NDArray[np.float32], as_base64: bool) -> Any:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode() if as_base64 else vector
