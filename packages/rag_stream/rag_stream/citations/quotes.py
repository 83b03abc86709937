"""The part of a document that says what an answer claims."""

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from rag_stream.citations.quote_units import MAX_QUOTE, Unit, units, words
from rag_stream.text.folding import folded, folded_with_places
from rag_stream.text.keywords import terms
from rag_stream.text.stand_ins import comparable, has_stand_ins
from rag_stream.text.stops import STOPS, WIDE_STOPS
from rag_stream.text.widths import columns

# Fewer characters say more together with the sentence they are in.
_LEAST_VERBATIM = 25  # columns
# Reading a page for sentences costs 0.7 ms for every 1,000 characters: of longer ones only
# the likeliest stretch is read.
_STRETCH = 1_200
_STEP = 800
MAX_READ = 100_000
"""Characters of a page that are looked at."""
_ENDS = f" \t\r\n,;:*_\"'`\u201c\u201d\u201e\u2018\u2019{STOPS}{WIDE_STOPS}\uff0c\u3001"
_NAME = re.compile(r"(?<=\w )\W*(\w*[A-Z\u00c0-\u00d6\u00d8-\u00de\u0391-\u03a9\u0401-\u042f]\w*)")
_EDGE = re.compile(f"\n|\\. |[{WIDE_STOPS}]")
_NUMBER_WEIGHT, _NAME_WEIGHT = 2.0, 1.5
# Of a column's name, which says where a value stands and not what it is.
_COLUMN_WEIGHT = 0.3
# How much more of the claim a second sentence must have.
_SECOND = 0.15
_LENGTH = 0.05
# Shorter units are headings and the like.
_SENTENCE = 25


class Quote(NamedTuple):
    """`text == page[start:end]`; `support`: the share of the claim's words found in it."""

    text: str
    start: int
    end: int
    support: float


class Quotes:
    """Finds quotes in one page; what it needs of the page is computed once, when needed."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._units: dict[int, list[Unit]] = {}

    def best(self, claim: str) -> Quote:
        """The quote that fits `claim` best; empty only for a blank page."""
        bare = " ".join(claim.split())
        for wording in dict.fromkeys((bare, bare.strip(_ENDS))):
            if found := self._verbatim(wording):
                return self._quote(*found, 1.0)
        weights = _weights(claim)
        listed = self._listed(weights)
        if not listed:
            text = self._page.strip()[:MAX_QUOTE].rstrip()
            start = self._page.find(text)
            return self._quote(start, start + len(text), 0.0)
        first, last = _choose(listed, weights)
        has = first.words | last.words
        total = sum(weights.values())
        support = sum(w for word, w in weights.items() if word in has) / total if total else 0.0
        return self._quote(first.start, last.end, round(support, 3))

    def _quote(self, start: int, end: int, support: float) -> Quote:
        return Quote(self._page[start:end], start, end, support)

    @cached_property
    def _flat(self) -> tuple[str, list[int], list[int]]:
        """The page with single blanks; where its words begin in that and in the page."""
        found = list(re.finditer(r"\S+", self._page[:MAX_READ]))
        begins, at = [], 0
        for word in found:
            begins.append(at)
            at += len(word[0]) + 1
        return " ".join(word[0] for word in found), begins, [word.start() for word in found]

    @cached_property
    def _comparable(self) -> str:
        return comparable(self._flat[0])

    @cached_property
    def _folded(self) -> tuple[str, list[int]]:
        """The same page as texts are compared, and where each character comes from in it."""
        return folded_with_places(self._flat[0])

    def _verbatim(self, wording: str) -> tuple[int, int] | None:
        """Where the page has `wording`, whatever the blanks, from word to word."""
        if columns(wording) < _LEAST_VERBATIM or len(wording) > MAX_QUOTE:
            return None
        flat, begins, places = self._flat
        if has_stand_ins(wording):  # copied from the prompt, where they stand for others
            flat, wording = self._comparable, comparable(wording)
        found = _find(flat, wording)
        if found is None and not (flat.isascii() and wording.isascii()):
            # A model writes words in their plain form, whatever is hidden in them on the page.
            plain, origins = self._folded
            if (found := _find(plain, folded(wording))) is not None:
                first, last = found
                found = origins[first], _end_of(origins, last, len(flat)) - 1
        if found is None:
            return None
        start, end = (
            places[i] + place - begins[i]
            for place in found
            for i in (bisect_right(begins, place) - 1,)
        )
        return (start, end + 1) if end < start + MAX_QUOTE else None

    def _listed(self, weights: Mapping[str, float]) -> list[Unit]:
        """The units of the page, or of its stretch that has most of the words."""
        start = 0
        if len(self._page) > _STRETCH:
            stems = [(word[:6], weight) for word, weight in weights.items()]
            start, best = 0, -1.0
            for at, text in self._stretches:
                score = sum(weight for stem, weight in stems if stem in text)
                if score > best:
                    start, best = at, score
        if start not in self._units:
            self._units[start] = units(self._page, *self._edges(start))
        return self._units[start]

    @cached_property
    def _stretches(self) -> list[tuple[int, str]]:
        read = range(0, min(len(self._page), MAX_READ), _STEP)
        texts = [(at, self._page[at : at + _STRETCH].casefold()) for at in read]
        return [(at, text) for at, text in texts if not text.isspace()]

    def _edges(self, start: int) -> tuple[int, int]:
        """A stretch widened to where a line or at least a word begins and ends."""
        page, end = self._page, min(len(self._page), start + _STRETCH)
        if start > 0:
            near = max(0, start - MAX_QUOTE)
            ends = [stop.end() for stop in _EDGE.finditer(page, near, start)]
            start = ends[-1] if ends else near + 1
        if end < len(page):
            stop = _EDGE.search(page, end, end + MAX_QUOTE)
            end = end if stop is None else stop.end()
        return start, end


def _find(text: str, wording: str) -> tuple[int, int] | None:
    """The places of its first and last character where `text` has it from word to word."""
    at = text.find(wording) if wording else -1
    while at >= 0:
        last = at + len(wording) - 1
        if not (_joined(text, at) or _joined(text, last + 1)):
            return at, last
        at = text.find(wording, last)
    return None


def _end_of(origins: Sequence[int], at: int, length: int) -> int:
    """Where what became the character at `at` ends: with the marks that belong to it."""
    after = bisect_right(origins, origins[at])
    return origins[after] if after < len(origins) else length


def _joined(text: str, at: int) -> bool:
    """Whether a word goes on over this place."""
    sides = text[max(0, at - 1) : at + 1]
    return len(sides) == 2 and at > 0 and all(c.isascii() and c.isalnum() for c in sides)


def _weights(claim: str) -> dict[str, float]:
    """How much each word of a claim counts: numbers and names say most."""
    names = terms(" ".join(_NAME.findall(claim)))
    return {
        word: _NUMBER_WEIGHT
        if any(map(str.isdigit, word))
        else _NAME_WEIGHT
        if word in names
        else 1.0
        for word in sorted(words(claim))
    }


def _choose(listed: list[Unit], weights: Mapping[str, float]) -> tuple[Unit, Unit]:
    """First and last of the one unit, or the two neighbours, that have most of the words."""
    counts = Counter(word for unit in listed for word in unit.words if word in weights)
    names = {word for unit in listed if unit.is_head for word in unit.words}
    rare = {
        word: (_COLUMN_WEIGHT if word in names else 1.0)
        * weight
        * math.log(1 + len(listed) / (counts[word] + 0.5))
        for word, weight in weights.items()
        if word in counts
    }
    if not rare:
        first = next((unit for unit in listed if unit.end - unit.start >= _SENTENCE), listed[0])
        return first, first
    total = sum(rare.values())

    def part(has: frozenset[str]) -> float:
        return sum(weight for word, weight in rare.items() if word in has) / total

    shares = [part(unit.words) for unit in listed]
    scores = [
        share - _LENGTH * (unit.end - unit.start) / MAX_QUOTE
        for share, unit in zip(shares, listed, strict=True)
    ]
    best = max(range(len(listed)), key=scores.__getitem__)
    chosen, gain = (listed[best], listed[best]), _SECOND
    for i in (best - 1, best):
        if 0 <= i < len(listed) - 1:
            one, two = listed[i], listed[i + 1]
            if one.is_whole != two.is_whole or one.is_head:
                continue
            more = part(one.words | two.words) - shares[best]
            if more >= gain and two.end - one.start <= MAX_QUOTE:
                chosen, gain = (one, two), more
    return chosen
