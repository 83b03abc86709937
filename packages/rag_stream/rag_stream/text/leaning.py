"""Whether a question says what it is about, or leans on what was said before it. Pure."""

from collections.abc import Sequence

from rag_stream.text.folding import folded
from rag_stream.text.function_words import of_languages, spoken
from rag_stream.text.keywords import WORD
from rag_stream.text.language import language_in
from rag_stream.text.particles import without_particles
from rag_stream.text.referring import UNSPACED as REFERRING
from rag_stream.text.referring import going_on, referring
from rag_stream.text.scripts import UNSPACED

_FEW = 1
"""So few words that carry meaning leave open what a question is about."""
_TOLD = 2
"""A word that refers may mean what stands before it: so many such words."""
_MANY = 6
"""A question of so many says what it is about, whatever else it refers to."""
_FEW_UNSPACED, _MANY_UNSPACED = 3, 14
"""The same in characters, where no blanks part the words."""
_READ = 1_000


def leans(question: str, said: Sequence[str]) -> bool:
    """Whether a question takes what was said before it to be understood.

    `said`: that, in any order; never where there is nothing. By rule: where little is said that
    has a meaning of its own, where a word refers to what does not stand before it, where it
    begins as one that goes on. It may be wrong either way.
    """
    if not any(text.strip() for text in said):
        return False
    text = folded(question[:_READ])
    runs = [] if text.isascii() else UNSPACED.findall(text)
    if runs:
        return _leans_unspaced(runs, UNSPACED.sub(" ", text))
    written = WORD.findall(text)
    words = [word.casefold() for word in written]
    languages = spoken(frozenset(words)) or frozenset({language_in(text) or "en"})
    common = of_languages(words, languages | {"en"})
    refer = frozenset().union(*map(referring, languages))
    on = frozenset().union(*map(going_on, languages))
    told = [place for place, word in enumerate(words) if word not in common | refer]
    if len(told) >= _MANY:
        return False
    if words and words[0] in on:
        return True
    # A name says as much as two words.
    weights = {place: 1 + _is_name(written, place) for place in told}
    if sum(weights.values()) <= _FEW:
        return True
    first = next((place for place, word in enumerate(words) if word in refer), None)
    return first is not None and sum(weights[place] for place in told if place < first) < _TOLD


def _is_name(written: Sequence[str], place: int) -> bool:
    """Whether a word is written as one: with a digit, in capitals, or with one amid a sentence."""
    word = written[place]
    is_capital = word[0].isupper() and place > 0
    return is_capital or any(letter.isdigit() or letter.isupper() for letter in word[1:])


def _leans_unspaced(runs: Sequence[str], rest: str) -> bool:
    """The same of a question in a script without blanks; `rest`: what is in others."""
    told = sum(len(part) for run in runs for part in without_particles(run))
    told += len("".join(WORD.findall(rest)))
    if told <= _FEW_UNSPACED:
        return True
    return told < _MANY_UNSPACED and any(REFERRING.search(run) for run in runs)
