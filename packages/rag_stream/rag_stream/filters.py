"""Metadata filters: which chunks a search may find."""

from collections.abc import Mapping, Sequence
from typing import Any

Filter = Mapping[str, Sequence[str]]
"""For each key the values of which a chunk has one; never an empty list."""


def chroma_where(where: Filter) -> dict[str, Any]:
    """The filter in the language of Chroma's `where`."""
    each: list[dict[str, Any]] = [{key: {"$in": list(values)}} for key, values in where.items()]
    return each[0] if len(each) == 1 else {"$and": each}
