"""The search of the documents' list: what is learnt of each once, and forgotten with it."""

import asyncio

import pytest

from app.sources import search
from app.sources.search import DocumentSearch
from rag_stream.index.documents import Listed
from rag_stream.lexical import names


def document(number: int, title: str, language: str = "en") -> Listed:
    return Listed(f"{number}.md", 1, f"id{number}", {"title": title, "language": language})


MANY = [document(n, "HTTP Proxies" if n % 7 == 0 else "Others") for n in range(1, 1_201)]


async def found(searching: DocumentSearch, documents: list[Listed], query: str) -> list[str]:
    return [one.source for one in await searching.found(documents, query)]


async def test_all_that_have_the_words_are_found_in_their_order() -> None:
    sources = await found(DocumentSearch(), MANY, "proxy")
    assert sources == [f"{n}.md" for n in range(7, 1_201, 7)]


async def test_without_words_all_are_there_and_nothing_is_learnt() -> None:
    searching = DocumentSearch()
    assert await searching.found(MANY, "  ") is MANY
    assert vars(searching)["_told"] == {}


async def test_words_are_taken_in_the_languages_of_the_documents() -> None:
    houses = [document(1, "Häuser", "de"), document(2, "Houses")]
    assert await found(DocumentSearch(), houses, "haus") == ["1.md"]
    assert await found(DocumentSearch(), houses, "house") == ["2.md"]


async def test_a_new_list_is_searched_anew_and_only_new_documents_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searching, read = DocumentSearch(), list[str]()

    def telling(title: str, source: str, language: str | None) -> str:
        read.append(source)
        return told(title, source, language)

    told = names.told
    monkeypatch.setattr(search.names, "told", telling)
    first = [document(1, "Proxies"), document(2, "Proxies")]
    assert await found(searching, first, "proxy") == ["1.md", "2.md"]
    assert await found(searching, first, "1.md") == ["1.md"]
    then = [document(2, "Proxies"), document(3, "A proxy"), document(2, "Renamed")]
    assert await found(searching, then, "proxy") == ["2.md", "3.md"]
    assert read == ["1.md", "2.md", "3.md", "2.md"]
    assert await found(searching, first, "proxy") == ["1.md", "2.md"]
    assert read[4:] == ["1.md"]  # it was forgotten with its list


async def test_who_leaves_leaves_to_the_next_what_is_learnt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searching, read, loop = DocumentSearch(), list[str](), asyncio.get_running_loop()
    begun, told = asyncio.Event(), names.told

    def telling(title: str, source: str, language: str | None) -> str:
        read.append(source)
        loop.call_soon_threadsafe(begun.set)
        return told(title, source, language)

    monkeypatch.setattr(search.names, "told", telling)
    left = asyncio.create_task(searching.found(MANY, "proxy"))
    await begun.wait()
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    assert len(await searching.found(MANY, "proxy")) == 171
    assert len(read) < 2 * len(MANY)
