"""The forms that a word of a question is looked for in: as written, and its stems.

Which language a question is in is not always clear, and its documents may be in several: so the
stems are those of all languages that it may meet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from tantivy import Searcher

from rag_stream.text.language import LANGUAGE
from rag_stream.text.stemming import COMPOUNDING, STEMMED, own_language, stems

_SPELLED = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("å", "aa"), ("ø", "oe"), ("æ", "ae"))
"""Letters, and how who has no key for them writes them."""
_SPELLING = frozenset({"de", "sv", "da", "nb", "fi"})
_SHARE, _MOST = 0.005, 6
"""Of an index's languages those that count: of that share of its chunks, and so many."""
_TONED, _WITHOUT = "vi", 0.3
"""Where other accents are another word, what the word is worth without."""


@dataclass(frozen=True, slots=True)
class Forms:
    """A word's forms, each with what a match of it is worth; the first one names it."""

    word: str
    worth: dict[str, float]

    @property
    def name(self) -> str:
        return next(iter(self.worth))


def languages(searcher: Searcher, asked: str | None) -> list[str]:
    """The languages that a question's words are taken to be of, `asked` being its own if known."""
    if asked == "en":
        return []
    held = {code: int(searcher.doc_freq(LANGUAGE, code)) for code in STEMMED}
    if asked is not None and held.get(asked):
        return [asked]
    least = _SHARE * int(searcher.num_docs)
    common = sorted((code for code, n in held.items() if n > least), key=lambda code: -held[code])
    found = dict.fromkeys(([] if asked is None else [asked]) + common[:_MOST])
    return [code for code in found if code != "en" and code in STEMMED]


def forms(words: Sequence[str], spoken: Sequence[str]) -> list[Forms]:
    """The forms of each word of a question, those of one name once."""
    found: dict[str, Forms] = {}
    for word, term in zip(words, stems(words, "en"), strict=True):
        if term not in found:
            found[term] = Forms(word, _worth(word, term, spoken))
    return list(found.values())


def _worth(word: str, term: str, spoken: Sequence[str]) -> dict[str, float]:
    worth = {term: 1.0}
    if not spoken and word.isascii():
        return worth
    own = dict.fromkeys(own_language(word, language) for language in spoken or (None,))
    told = [language for language in own if language in STEMMED and language != "en"]
    for spelling, language in product(_spellings(word, spoken), told):
        for stem in stems([spelling], str(language)):
            worth.setdefault(stem, 1.0)
            if language == _TONED and stem != term:
                worth[term] = _WITHOUT
    for spelling in _spellings(word, spoken)[1:]:
        worth.setdefault(stems([spelling], "en")[0], 1.0)
    return worth


def _spellings(word: str, spoken: Iterable[str]) -> list[str]:
    """The word as it may be written, too, by who has no umlauts, or has."""
    if _SPELLING.isdisjoint(spoken):
        return [word]
    small = word.lower()
    without, with_ = small, small
    for letter, spelled in _SPELLED:
        without, with_ = without.replace(letter, spelled), with_.replace(spelled, letter)
    return [word, *(other for other in dict.fromkeys((without, with_)) if other != small)]


def compounding(spoken: Iterable[str]) -> str | None:
    """The first of the languages that writes several words as one."""
    return next((language for language in spoken if language in COMPOUNDING), None)
