"""Words that are made of several: a question's by their parts, a word by those it is a part of.

Which words there are the index itself tells, so this goes for any language that writes so.
"""

from collections.abc import Callable, Iterable, Sequence

from tantivy import Searcher

from rag_stream.lexical.fields import LONG, TAIL
from rag_stream.lexical.forms import Forms
from rag_stream.text.stemming import stems

PART, WHOLE = 0.4, 0.6
"""What a match of a part of a word is worth, and of a longer word that it is a part of."""
_LEAST, _LEAST_STEM = 4, 3
"""Letters of a part, and of its stem."""
_LEAST_ALONE = 5
"""Letters of a part, where the index has nothing of the rest."""
_MOST, _READ = 12, 40
"""Longer words that are looked for, the most frequent ones; and how many are looked at."""
_SMALL, _TELLING = 2_000, 5
"""In an index of fewer chunks few words stand by themselves: there any rest may be one, where the
part has so many letters. Shorter ones (`reis` of `Reise`) end words that are made of others."""
_LONGEST = 40
"""Letters; a longer word is none that anybody writes."""
_JOINTS = ("", "s", "es", "n", "en", "er", "e")
"""What may stand between two parts."""
_OWN = "own"

Known = Callable[[str], int]


class Compounds:
    """Of one index in one of the languages that write several words as one."""

    def __init__(self, searcher: Searcher, known: Known, language: str) -> None:
        """`known`: how many chunks have a term."""
        self._searcher = searcher
        self._known = known
        self._language = language
        self._is_small = searcher.num_docs < _SMALL

    def parts(self, word: str) -> list[str]:
        """The two parts of a long word, as the index has them, or the longest that it has."""
        plain = _plain(word)
        if not LONG <= len(plain) <= _LONGEST:
            return []
        # From its middle outwards.
        places = range(_LEAST, len(plain) - _LEAST + 1)
        alone: list[str] = []
        for at in sorted(places, key=lambda at: abs(2 * at - len(plain))):
            first = self._first_known(_without_joint(plain[:at]))
            second = self._first_known([plain[at:]])
            if first and second:
                return [first, second]
            alone += [part for part in (first, second) if part and len(part) >= _LEAST_ALONE]
        return [max(alone, key=len)] if alone else []

    def wholes(self, forms: Forms) -> list[str]:
        """Longer words of the index that a word begins or ends, the most frequent ones."""
        plain, stem = _plain(forms.word), stems([forms.word], self._language)[0]
        found: dict[str, int] = {}
        if len(plain) < _LEAST:
            return []
        if len(stem) >= _LEAST_STEM:
            for turned, count in self._searcher.terms_with_prefix(TAIL, stem[::-1], limit=_READ):
                whole = turned[::-1]
                if self._is_rest(_without_joint(whole[: -len(stem)]), beside=stem):
                    found[whole] = count
        for whole, count in self._searcher.terms_with_prefix(_OWN, plain, limit=_READ):
            if len(whole) >= LONG and self._is_rest(
                _behind_joint(whole[len(plain) :]), beside=plain
            ):
                found[whole] = count
        best = sorted(found.keys() - forms.worth.keys(), key=lambda whole: (-found[whole], whole))
        return best[:_MOST]

    def _is_rest(self, rests: Sequence[str], *, beside: str) -> bool:
        """Whether what is left of a word beside a part is a word, too."""
        if not rests:
            return False
        is_taken_for_one = self._is_small and len(beside) >= _TELLING
        return is_taken_for_one or self._first_known(rests) is not None

    def _first_known(self, words: Iterable[str]) -> str | None:
        told = (form for word in words for form in (word, stems([word], self._language)[0]))
        return next((form for form in told if self._known(form)), None)


def _plain(word: str) -> str:
    return stems([word], "")[0]


def _without_joint(front: str) -> list[str]:
    """What may be the word that the first part is, without what joins it to the next."""
    told = [front.removesuffix(joint) for joint in _JOINTS if front.endswith(joint)]
    return [word for word in told if len(word) >= _LEAST]


def _behind_joint(back: str) -> list[str]:
    told = [back.removeprefix(joint) for joint in _JOINTS if back.startswith(joint)]
    return [word for word in told if len(word) >= _LEAST]
