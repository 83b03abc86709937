"""A chunk among those around it: what is near it says what it is about."""

from collections.abc import Iterable, Sequence

from rag_stream.index.client import Record


def in_order(records: Iterable[Record]) -> list[Record]:
    """The chunks of one source as they stand in it."""
    return sorted(records, key=lambda record: (_start(record), record.id))


def nearby(row: Sequence[str], counts: Sequence[int]) -> list[str]:
    """For each text of a row itself and its neighbours, the nearer the more often.

    `counts`: how often those at each distance, from 0 on; joined with blanks.
    """
    reach = len(counts) - 1
    return [
        " ".join(
            text
            for at in range(max(0, place - reach), min(len(row), place + reach + 1))
            for text in [row[at]] * counts[abs(at - place)]
        )
        for place in range(len(row))
    ]


def _start(record: Record) -> int:
    return int(record.metadata.get("start_index", 0))
