"""Ranges of characters, and what several of them have in common. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """The characters `start` up to, not including, `end` of a corpus."""

    corpus: str
    start: int
    end: int


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same characters, each once, in order."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and found[-1].corpus == span.corpus and span.start <= found[-1].end:
            found[-1] = found[-1]._replace(end=max(found[-1].end, span.end))
        elif span.end > span.start:
            found.append(span)
    return found


def size(spans: Iterable[Span]) -> int:
    """How many different characters they hold."""
    return sum(span.end - span.start for span in merged(spans))


def shared(one: Sequence[Span], other: Sequence[Span]) -> int:
    """How many different characters are in both."""
    return size(one) + size(other) - size([*one, *other])


def fresh(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans as they come, without what has come before."""
    seen: list[Span] = []
    for span in spans:
        start = span.start
        for old in (one for one in seen if one.corpus == span.corpus and one.end > span.start):
            if old.start >= span.end:
                break
            if old.start > start:
                yield Span(span.corpus, start, old.start)
            start = max(start, old.end)
        if start < span.end:
            yield Span(span.corpus, start, span.end)
        seen = merged([*seen, span])


def cut(spans: Iterable[Span], budget: int) -> list[Span]:
    """The first `budget` different characters as they come."""
    found = []
    for span in fresh(spans):
        if budget <= 0:
            break
        found.append(span._replace(end=min(span.end, span.start + budget)))
        budget -= span.end - span.start
    return found
