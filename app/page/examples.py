"""Questions to begin with, from the headings of documents: they answer them. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from langchain_core.documents import Document

from rag_stream.pipeline.heading_questions import heading_questions
from rag_stream.text.headings import SEPARATOR
from rag_stream.text.keywords import terms
from rag_stream.text.labels import heading_path

MOST = 3
TITLE = 1
"""The rank of what the whole document is called."""
MAX_CHARS = 80
"""Of an example: it stands on a button."""
_ENDS = ("?", "\uff1f", "\u061f")
_TELLING, _MANY = 2, 8
"""Words that a heading has to have, and from which on it is a sentence."""
_HEADINGS = 20
"""Headings of a document that are looked at."""
# What documents everywhere have, in words that say nothing of theirs.
_ANYWHERE = frozenset(
    term
    for words in (
        "introduction overview summary conclusion abstract preface contents index appendix notes",
        "references bibliography links further reading see also related work resources credits",
        "changelog history license licence contact about faq questions examples example usage",
        "getting started quick start installation install requirements prerequisites setup",
        "table next steps background motivation discussion results methods acknowledgements",
        "Einleitung Einführung Überblick Übersicht Zusammenfassung Fazit Inhalt Anhang Literatur",
        "Voraussetzungen Beispiele Quellen Hinweise Kontakt Impressum",
        "Présentation Aperçu Résumé Conclusion Sommaire Annexe Références Exemples",
        "Introducción Resumen Conclusión Índice Referencias Ejemplos Introduzione Conclusioni",
        "简介 介绍 概述 概览 总结 结论 目录 参考 参考资料 附录 示例 引言 前言 背景",
        "はじめに 概要 まとめ 目次 参考文献 付録 例 序論 結論",
    )
    for word in words.split()
    for term in terms(word)
)


def spread(count: int, most: int) -> Iterator[int]:
    """At most so many of the numbers below `count`, each once, the first ones far apart."""
    found = set[int]()
    for number in range(1, 4 * min(count, most) + 1):
        place = int(_halving(number) * count)
        if place not in found and len(found) < most:
            found.add(place)
            yield place


class Example(NamedTuple):
    """A heading as a question. `rank`: how good a one it is, from TITLE on."""

    text: str
    rank: int


def example_in(chunks: Sequence[Document]) -> Example | None:
    """The heading in a document that is most of a question; None where none says anything."""
    title = _title(chunks)
    headings = [*heading_questions("", chunks, (), _HEADINGS), title]
    ranks = [_rank(heading, terms(title)) for heading in headings]
    found = [Example(*pair) for pair in zip(headings, ranks, strict=True) if pair[1]]
    return max(found, key=lambda example: example.rank, default=None)  # of equals the first


def chosen(examples: Sequence[Example]) -> list[str]:
    """Those to show, each once: titles only where nothing else is left."""
    others = [example.text for example in examples if example.rank > TITLE]
    titles = [example.text for example in examples if example.rank == TITLE]
    return list(dict.fromkeys(others + titles))[:MOST]


def _rank(heading: str, title: frozenset[str]) -> int:
    about = terms(heading)
    last = terms(heading.rpartition(": ")[2])
    if len(heading) > MAX_CHARS or not last - _ANYWHERE:
        return 0
    if heading.endswith(_ENDS):
        return 4
    if len(about) < _TELLING:
        return 0
    if about == title:
        return TITLE
    return 3 if len(about) < _MANY else 2


def _title(chunks: Sequence[Document]) -> str:
    path = heading_path(chunks[0].metadata) if chunks else ""
    return path.partition(SEPARATOR)[0]


def _halving(number: int) -> float:
    """1/2, 1/4, 3/4, 1/8, 5/8 ...: van der Corput's sequence."""
    place, part = 0.0, 0.5
    while number:
        place += part * (number & 1)
        number, part = number >> 1, part / 2
    return place
