"""How a question becomes a query over the lexical index.

A question never meets the query language of the engine: it is cut into words as the texts
were, and asks for any of them, the rare ones counting most (BM25), in each of the fields.
Words that only hold it together are not asked for: thousands of chunks have them, and none
says more about the question for it. A word is asked for in all its forms (`forms.py`) and, in
the languages that write several words as one, by its parts and those it is a part of
(`compounds.py`). They are one word all the same: the form that a chunk has most of counts, and no
form says more than the word does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from types import MappingProxyType

from tantivy import Occur, Query, Searcher

from rag_stream.lexical.compounds import Compounds
from rag_stream.lexical.earlier import Earlier
from rag_stream.lexical.fields import FIELDS, SCHEMA, WEIGHTS, clean, parts, words
from rag_stream.lexical.forms import Forms, compounding, forms, languages
from rag_stream.lexical.wanted import Term, Word, count_of, information_of, look_up, look_up_pair
from rag_stream.text.function_words import function_words, is_function_word
from rag_stream.text.keywords import WORD
from rag_stream.text.language import language_in
from rag_stream.text.particles import without_particles
from rag_stream.text.scripts import pairs
from rag_stream.text.stemming import stems

TERMS = 64
"""Of a long question the rarest so many terms are looked for."""
QUESTION_CHARS = 20_000
_FEW = 3
EARLIER_TERMS = 24
"""Of what was said before a question so many terms are looked for, those that tell most."""
EARLIER_PAIR = 0.5
"""The part of what a word counts that a pair of characters does: words there are two or three."""
EARLIER_CHARS = 600
"""Of each of these texts so many characters are read."""
OF_FULL = 0.3
"""What the words from before a question count in what a chunk has that says all of it."""
_QUICK_CHARS = 300
_PARTED = 32
"""Of a long question so many words are taken for one of several."""
_NONE: Mapping[str, float] = MappingProxyType({})
_OF_THE_CHUNK = [name for name in WEIGHTS if name != "near"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query for a question's terms.

    `full`: about the score of a chunk that has all the question says, unknown words included.
    """

    query: Query
    full: float
    information: Mapping[str, float]
    """How much each of its terms says, those that no chunk has included. Its keys are `Term`s."""
    context: Mapping[str, float] = field(default_factory=dict)
    """The same of the terms from before it, as far as they count."""


def is_quick(searcher: Searcher, question: str) -> bool:
    """Whether a query is made in well under a millisecond: not by looking for parts of words."""
    if len(question) > _QUICK_CHARS:
        return False
    return compounding(languages(searcher, language_in(question))) is None


def asked(
    searcher: Searcher,
    question: str,
    where: Mapping[str, Sequence[str]] | None = None,
    earlier: Sequence[Earlier] = (),
) -> Asked | None:
    """The query for a question and what was said before it, None where no chunk can match.

    `where`: of each of these fields one of these values; it does not count in the score,
    which is the sum of BM25 over the fields.
    """
    question = question[:QUESTION_CHARS]
    spoken = languages(searcher, language_in(question))
    told, guessed = _terms(question, spoken, or_all=not earlier)
    found = _looked_up(searcher, told, spoken)
    pieces = [look_up_pair(searcher, pair) for pair in guessed]
    known = [word for word in (*found, *pieces) if word.is_known]
    before = _before(searcher, earlier, {word.term for word in (*found, *pieces)})
    if not known and not before:
        return None
    total = searcher.num_docs
    rarest = sorted(known, key=lambda word: word.count)[:TERMS]
    # A word that no chunk has is a part of the question all the same; a pair of characters
    # may be the end of one word and the beginning of the next.
    full = sum(information_of(word.count, total) for word in rarest)
    full += min(sum(not word.is_known for word in found), TERMS) * information_of(0, total)
    context: dict[str, float] = {
        word.term: word.worth * information_of(word.count, total) for word in before
    }
    full += OF_FULL * sum(context.values())
    query = _any_of([*rarest, *before])
    if where:
        filters = [
            Query.const_score_query(
                Query.term_set_query(SCHEMA, name, [clean(value) for value in values]), 0.0
            )
            for name, values in where.items()
        ]
        query = Query.boolean_query([(Occur.Must, part) for part in (query, *filters)])
    # What BM25 gives for a word that stands once in a chunk of average length.
    information: dict[str, float] = {
        word.term: information_of(word.count, total) for word in (*found, *pieces)
    }
    return Asked(query, full * sum(WEIGHTS[name] for name in FIELDS), information, context)


def _looked_up(searcher: Searcher, told: Sequence[Forms], spoken: Sequence[str]) -> list[Word]:
    counts: dict[str, int] = {}

    def known(term: str) -> int:
        if term not in counts:
            counts[term] = count_of(searcher, term)
        return counts[term]

    language = compounding(spoken)
    compounds = None if language is None else Compounds(searcher, known, language)
    return [
        look_up(one, known, compounds if place < _PARTED else None, searcher.num_docs)
        for place, one in enumerate(told)
    ]


def _any_of(wanted: Sequence[Word]) -> Query:
    return Query.boolean_query(
        [
            (Occur.Should, Query.boost_query(_in_field(name, word), weight * word.worth))
            for name, weight in WEIGHTS.items()
            for word in wanted
        ]
    )


def _in_field(name: str, word: Word) -> Query:
    """A word in a field, in the form that there is most of."""
    queries = [_form(name, *form) for form in word.shares.items()]
    if word.parts:
        both = [(Occur.Should, _form(name, *part)) for part in word.parts.items()]
        queries.append(Query.boolean_query(both))
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(queries)


def _form(name: str, term: str, share: float) -> Query:
    query = Query.term_query(SCHEMA, name, term, "freq")
    return query if share == 1.0 else Query.boost_query(query, share)


def _before(searcher: Searcher, earlier: Sequence[Earlier], own: set[Term]) -> list[Word]:
    """The words from before a question that tell most and are none of its own, each once."""
    best: dict[str, Word] = {}
    total = searcher.num_docs
    for text, worth in ((one.text[:EARLIER_CHARS], one.worth) for one in earlier):
        told, guessed = _terms_before(text, tuple(languages(searcher, language_in(text))))
        # Not by their parts, which takes long: they only say more of what the question is about.
        words = [(look_up(one, partial(count_of, searcher), None, total), 1.0) for one in told]
        words += [(look_up_pair(searcher, pair), EARLIER_PAIR) for pair in guessed]
        for word, part in words:
            before = best.get(word.term)
            own_worth = part * worth
            if word.is_known and word.term not in own and (not before or before.worth < own_worth):
                best[word.term] = replace(word, worth=own_worth)

    def telling(word: Word) -> float:
        return word.worth * information_of(word.count, total)

    return sorted(best.values(), key=telling, reverse=True)[:EARLIER_TERMS]


@lru_cache(256)  # a conversation is sent again with each of its questions
def _terms_before(text: str, spoken: tuple[str, ...]) -> tuple[list[Forms], list[str]]:
    return _terms(text, spoken, or_all=False)


def _terms(
    question: str, spoken: Sequence[str], *, or_all: bool = True
) -> tuple[list[Forms], list[str]]:
    """What to look for: words in their forms, and terms of unspaced scripts, each once.

    Of those scripts pairs, which say more than characters. Function words and particles only
    where there is nothing else, and only with `or_all`.
    """
    text, runs = parts(question)
    said = {word: word.casefold() for word in WORD.findall(text)}
    common = function_words(frozenset(said.values()))
    if not or_all and len(said) <= _FEW:  # too few to tell a language
        common |= frozenset(word for word in said.values() if is_function_word(word))
    everything = forms(words(text), spoken)
    told = everything
    if common:
        small = {word for word, low in said.items() if low in common}
        kept = stems(words(" ".join(word for word in said if word not in small)), "en")
        left_out = set(stems(words(" ".join(small)), "en")).difference(kept)
        told = [one for one in everything if one.name not in left_out]
    pieces = [part for run in runs for part in without_particles(run)]
    if or_all and not (pieces or told):
        told, pieces = everything, runs
    guessed = dict.fromkeys(pair for part in pieces for pair in pairs(part) or [part])
    return told, list(guessed)
