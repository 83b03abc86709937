"""Chunks in a real Chroma without any embedding model, and what lexical indexes hold of them."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.lexical.fields import key_of
from rag_stream.lexical.refresher import Refresher
from rag_stream.lexical.search import Hits, LexicalSearch
from rag_stream.lexical.store import LexicalStore


class Corpus:
    """A collection whose sources are replaced as `indexing/sync.py` does it."""

    def __init__(self, client: ChromaClient, name: str) -> None:
        self.client = client
        self.name = name
        self.sources: dict[str, list[str]] = {}

    @classmethod
    async def open(cls, client: ChromaClient, name: str) -> "Corpus":
        await client.create(name, {"embedding_model": "none", "generation": 0, "schema": 1})
        return cls(client, name)

    async def snapshot(self) -> IndexSnapshot:
        collection = await self.client.find(self.name)
        assert collection is not None
        return IndexSnapshot.of(collection)

    async def put(self, source: str, texts: Sequence[str]) -> IndexSnapshot:
        """Make the source hold these texts, in the next generation."""
        coming = await self.stage(source, texts)
        before = await self.client.get((await self.snapshot()).collection, {"source": source})
        gone = {record.id for record in before} - {id_of(source, *one) for one in _placed(texts)}
        return await self.commit(source, texts, sorted(gone), coming)

    async def stage(self, source: str, texts: Sequence[str]) -> int:
        """Lay down what is new, for a generation that may or may not come."""
        snapshot = await self.snapshot()
        known = {r.id for r in await self.client.get(snapshot.collection, {"source": source})}
        coming = snapshot.generation + 1
        records = [
            Record(id_of(source, start, text), text, _metadata(source, start, coming), 0.0, VECTOR)
            for start, text in _placed(texts)
        ]
        await self.client.upsert(snapshot.collection, [r for r in records if r.id not in known])
        return coming

    async def commit(
        self, source: str, texts: Sequence[str], gone: Sequence[str], coming: int
    ) -> IndexSnapshot:
        collection = (await self.snapshot()).collection
        await self.client.update_metadata(collection, gone, {"until": coming})
        await self.client.set_metadata(collection, {**collection.metadata, "generation": coming})
        await self.client.delete(collection, gone)
        self.sources[source] = list(texts)
        if not texts:
            del self.sources[source]
        return await self.snapshot()

    def lexical(self, folder: Path) -> LexicalSearch:
        return LexicalSearch(Index(self.client), folder)


class Index:
    """What a lexical index asks of a reader, over any client."""

    def __init__(self, client: ChromaClient) -> None:
        self._client = client

    async def client(self) -> ChromaClient:
        return self._client

    async def find(self, name: str | None = None) -> IndexSnapshot | None:
        collection = await self._client.find(name or "")
        return None if collection is None else IndexSnapshot.of(collection)


VECTOR = np.full(4, 0.5, dtype="<f4")


def id_of(source: str, start: int, text: str) -> str:
    return f"{source}@{start}:{key_of(text):x}"


def folders(base: Path) -> list[Path]:
    """The index folders there are."""
    return [path for path in base.iterdir() if path.is_dir()]


def content(store: LexicalStore, words: Sequence[str]) -> Mapping[str, set[str]]:
    """The ids of the chunks that each word is found in."""
    view = store.refresh()
    assert view is not None
    return {word: {hit.id for hit in view.search(word, 10_000)} for word in words}


def _placed(texts: Sequence[str]) -> list[tuple[int, str]]:
    starts = [sum(len(text) + 1 for text in texts[:place]) for place in range(len(texts))]
    return list(zip(starts, texts, strict=True))


def _metadata(source: str, start: int, since: int) -> dict[str, str | int]:
    title = f"Title of {source}"
    return {"source": source, "title": title, "start_index": start, "since": since, "until": 0}


async def ask(lexical: LexicalSearch, corpus: Corpus, question: str) -> Hits:
    return await lexical.search(await corpus.snapshot(), question, 10, wait_s=30)


async def rested() -> None:
    """Wait until nothing in this event loop brings an index in step any more."""
    name = Refresher._work.__qualname__
    while working := [t for t in asyncio.all_tasks() if t.get_coro().__qualname__ == name]:
        await asyncio.wait(working)
