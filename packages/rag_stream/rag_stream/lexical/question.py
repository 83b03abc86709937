"""How a question becomes a query over the lexical index.

A question never meets the query language of the engine: it is cut into terms as the texts
were, and asks for any of them, the rare ones counting most (BM25), in each of the fields.
Words that only hold it together are not asked for: thousands of chunks have them, and none
says more about the question for it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tantivy import Occur, Query, Searcher

from rag_stream.lexical.fields import FIELDS, SCHEMA, WEIGHTS, clean, parts, words
from rag_stream.text.function_words import function_words
from rag_stream.text.keywords import WORD
from rag_stream.text.particles import without_particles
from rag_stream.text.scripts import pairs

TERMS = 64
"""Of a long question the rarest so many terms are looked for."""
QUESTION_CHARS = 20_000
_OF_THE_CHUNK = [name for name in WEIGHTS if name != "near"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query for a question's terms.

    `full`: about the score of a chunk that has all the question says, unknown words included.
    """

    query: Query
    full: float
    information: Mapping[str, float]
    """How much each of its terms says, those that no chunk has included."""


def asked(
    searcher: Searcher, question: str, where: Mapping[str, Sequence[str]] | None = None
) -> Asked | None:
    """The query for a question, None where no chunk can match.

    `where`: of each of these fields one of these values; it does not count in the score,
    which is the sum of BM25 over the fields.
    """
    told, guessed = _terms(question[:QUESTION_CHARS])
    known = {term: count for term in (*told, *guessed) if (count := _count(searcher, term))}
    if not known:
        return None
    rarest = sorted(known, key=lambda term: known[term])[:TERMS]
    # A word that no chunk has is a part of the question all the same; a pair of characters
    # may be the end of one word and the beginning of the next.
    unknown = sum(term not in known for term in told)
    total = searcher.num_docs
    information = {term: _information(known.get(term, 0), total) for term in (*told, *guessed)}
    full = sum(information[term] for term in rarest)
    full += min(unknown, TERMS) * _information(0, total)
    query = _any_of(rarest)
    if where:
        filters = [
            Query.const_score_query(
                Query.term_set_query(SCHEMA, name, [clean(value) for value in values]), 0.0
            )
            for name, values in where.items()
        ]
        query = Query.boolean_query([(Occur.Must, part) for part in (query, *filters)])
    # What BM25 gives for a word that stands once in a chunk of average length.
    return Asked(query, full * sum(WEIGHTS[name] for name in FIELDS), information)


def _any_of(terms: Sequence[str]) -> Query:
    return Query.boolean_query(
        [
            (Occur.Should, Query.boost_query(Query.term_query(SCHEMA, name, term, "freq"), weight))
            for name, weight in WEIGHTS.items()
            for term in terms
        ]
    )


def _terms(question: str) -> tuple[list[str], list[str]]:
    """The terms to look for: of words, and of unspaced scripts, each once.

    Of those scripts pairs, which say more than characters. Function words and particles only
    where there is nothing else.
    """
    text, runs = parts(question)
    said = {word: word.casefold() for word in WORD.findall(text)}
    common = function_words(frozenset(said.values()))
    names = words(text)
    told = dict.fromkeys(names)
    if common:
        kept = set(words(" ".join(word for word, small in said.items() if small not in common)))
        for term in words(" ".join(word for word, small in said.items() if small in common)):
            if term not in kept:
                told.pop(term, None)
    pieces = [part for run in runs for part in without_particles(run)]
    if not (pieces or told):
        told, pieces = dict.fromkeys(names), runs
    guessed = dict.fromkeys(pair for part in pieces for pair in pairs(part) or [part])
    return list(told), list(guessed)


def _count(searcher: Searcher, term: str) -> int:
    return max(int(searcher.doc_freq(name, term)) for name in _OF_THE_CHUNK)


def _information(count: int, total: int) -> float:
    """How much it says that a chunk has a term which so many have."""
    return math.log1p((max(total, count) - count + 0.5) / (count + 0.5))
