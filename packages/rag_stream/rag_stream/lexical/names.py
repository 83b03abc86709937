"""Titles and addresses of documents, to be searched by words and by parts of words. Pure.

Words are those of the index by words (`fields.py`): stems, characters and pairs of scripts
without blanks between words, no accents. Whoever is still typing has written a part of one.
"""

import unicodedata
from collections.abc import Collection, Sequence
from typing import NamedTuple

from rag_stream.lexical.fields import parts, tokens, words
from rag_stream.lexical.forms import forms
from rag_stream.text.folding import folded
from rag_stream.text.function_words import is_function_word
from rag_stream.text.keywords import WORD
from rag_stream.text.labels import name_words
from rag_stream.text.language import language_in
from rag_stream.text.particles import without_particles
from rag_stream.text.scripts import pairs

MOST_CHARS = 1_000
"""Of a title, and of an address, that are looked at."""
_ACCENTS = dict.fromkeys(range(0x300, 0x370))


class Wanted(NamedTuple):
    """A word that is looked for: as a part of what is written, or by its terms."""

    part: str
    terms: tuple[tuple[str, ...], ...]
    """Each of these in one of its forms."""
    pairs: tuple[str, ...]
    least: int
    """So many pairs of characters: one may be the end of a word and the beginning of the next."""
    says_little: bool
    """Whether it only holds others together."""


def told(title: str, source: str, language: str | None) -> str:
    """A line that what is wanted of a document is looked for in."""
    title, source = title[:MOST_CHARS], source[:MOST_CHARS]
    terms = dict.fromkeys(tokens(f"{title}\n{source}\n{name_words(source)}", language))
    return f"{_plain(title)}\n{_plain(source)}\n {' '.join(terms)} "


def wanted(query: str, languages: Collection[str]) -> list[Wanted]:
    """What a query looks for; `languages`: those that the documents are in."""
    asked = language_in(query)
    spoken = dict.fromkeys([*([] if asked is None else [asked]), *languages])
    spoken.pop("en", None)
    return [_word(word, list(spoken)) for word in dict.fromkeys(query.split())]


def matching(lines: Sequence[str], query: Sequence[Wanted]) -> list[int]:
    """The numbers of the lines that have all that is wanted.

    Where none has, of those that have the words that say something.
    """
    found: Sequence[int] = range(len(lines))
    for one in query:
        found = [at for at in found if one.part in lines[at] or _has_terms(lines[at], one)]
    telling = [one for one in query if not one.says_little]
    if found or not telling or len(telling) == len(query):
        return list(found)
    return matching(lines, telling)


def _has_terms(line: str, one: Wanted) -> bool:
    for term in one.terms:
        for form in term:
            if form in line:
                break
        else:
            return False
    return bool(one.terms) and one.least <= sum(pair in line for pair in one.pairs)


def _word(word: str, spoken: Sequence[str]) -> Wanted:
    text, runs = parts(word)
    found = [tuple(f" {form} " for form in one.worth) for one in forms(words(text), spoken)]
    pieces = [part for run in runs for part in without_particles(run)] or runs
    found += [(f" {sign} ",) for piece in pieces for sign in dict.fromkeys(piece)]
    together = [f" {pair} " for piece in pieces for pair in pairs(piece)]
    least = sum(len(piece) // 2 for piece in pieces)
    atoms = WORD.findall(text)
    is_small = bool(atoms) and not runs and all(is_function_word(w.casefold()) for w in atoms)
    return Wanted(_plain(word), tuple(found), tuple(together), least, is_small)


def _plain(text: str) -> str:
    """The text in small letters without accents, as it is compared."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFD", folded(text).casefold()).translate(_ACCENTS)
    return unicodedata.normalize("NFC", bare)
