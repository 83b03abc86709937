"""A lexical index brought in step with Chroma, and what is read for that."""

from typing import Any

from rag_stream.index.client import ChromaClient, Record
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.lexical.store import LexicalStore
from rag_stream.lexical.sync import bring_in_step
from tests.support.lexical_index import Corpus

WORDS = [f"word{n}" for n in range(30)]


class Watched(ChromaClient):
    """Counts what is read."""

    def __init__(self, url: str) -> None:
        super().__init__(url, tenant="default_tenant", database="default_database")
        self.texts_read = 0
        self.all_listed = 0

    async def get(self, *args: Any, **kwargs: Any) -> list[Record]:
        found = await super().get(*args, **kwargs)
        if kwargs.get("texts", True):
            self.texts_read += len(found)
        return found

    async def ids(self, *args: Any, **kwargs: Any) -> list[str]:
        self.all_listed += 1
        return await super().ids(*args, **kwargs)


def found(store: LexicalStore, question: str) -> set[str]:
    view = store.refresh()
    assert view is not None
    return {hit.id for hit in view.search(question, 1_000)}


async def sync(corpus: Corpus, store: LexicalStore) -> IndexSnapshot:
    snapshot = await corpus.snapshot()
    await bring_in_step(corpus.client, snapshot, store)
    view = store.refresh()
    assert view is not None
    assert view.stands_for(snapshot.generation)
    return snapshot
