"""What a stream of the chain's chunks amounts to."""

from itertools import groupby
from typing import Any


def joined(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    """What a client that adds chunks up ends with."""
    whole: dict[str, Any] = {}
    for chunk in chunks:
        for key, value in chunk.items():
            whole[key] = whole[key] + value if key in whole else value
    return whole


def order(chunks: list[dict[str, Any]]) -> list[str]:
    """The keys as they come; how many pieces an answer comes in is a matter of timing."""
    keys = [key for chunk in chunks for key in chunk]
    return [key for key, _ in groupby(keys)]
