"""Searching by words: fresh, shared by processes, and there again whatever happens to it."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from rag_stream.index.client import ChromaClient
from rag_stream.lexical.search import IDLE_S, LexicalSearch
from tests.support.lexical_index import Corpus, ask, id_of


async def test_the_first_question_makes_the_index(lexical: LexicalSearch, corpus: Corpus) -> None:
    hits = await ask(lexical, corpus, "old")
    assert [hit.id for hit in hits] == [id_of("a", 0, "old words")]
    assert hits.generation == 1


async def test_a_question_after_a_change_is_answered_from_the_new_index(
    no_rest: None, lexical: LexicalSearch, corpus: Corpus
) -> None:
    await ask(lexical, corpus, "old")
    await asyncio.sleep(0.1)
    await corpus.put("b", ["new words"])
    hits = await ask(lexical, corpus, "new")
    assert (hits.generation, len(hits)) == (2, 1)


async def test_a_large_index_is_searched_in_a_thread(
    lexical: LexicalSearch, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag_stream.lexical.snapshot.LARGE", 0)
    assert len(await ask(lexical, corpus, "old")) == 1


async def test_an_unknown_filter_is_refused(lexical: LexicalSearch, corpus: Corpus) -> None:
    with pytest.raises(ValueError, match="'colour'"):
        await lexical.search(await corpus.snapshot(), "old", 10, {"colour": ["red"]})


async def test_nothing_is_asked_for(lexical: LexicalSearch, corpus: Corpus) -> None:
    await ask(lexical, corpus, "old")
    assert await lexical.search(await corpus.snapshot(), "old", 0) == []


async def test_questions_at_once_close_an_unused_index_once(
    client: ChromaClient, base: Path
) -> None:
    names = [f"lexical-{uuid4().hex[:12]}" for _ in range(3)]
    corpora = [await Corpus.open(client, name) for name in names]
    for corpus in corpora:
        await corpus.put("a", ["old words"])
    lexical = corpora[0].lexical(base)
    try:
        for corpus in corpora:
            await ask(lexical, corpus, "old")
        for refresher in lexical._refreshers.values():
            refresher.used_at -= 2 * IDLE_S
        asked = await asyncio.gather(*(ask(lexical, corpora[0], "old") for _ in range(4)))
        assert [len(hits) for hits in asked] == [1] * 4
        assert len(lexical._refreshers) == 1
    finally:
        await lexical.aclose()
