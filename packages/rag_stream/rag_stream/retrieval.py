"""From a question to the documents it is answered from."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.documents import Document
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import get_async_callback_manager_for_config

from rag_stream.chroma import Record
from rag_stream.context import fill
from rag_stream.errors import RetrievalTimeoutError
from rag_stream.fusion import Candidate, fuse
from rag_stream.index import Index, IndexState, describe
from rag_stream.lexical import Hit, Hits, Lexical
from rag_stream.models import Embedder
from rag_stream.options import Options
from rag_stream.profiles import SearchType
from rag_stream.settings import Settings

CANDIDATES = 50
"""How many chunks each way of searching proposes."""
_SHORT = 150
"""Characters of a short chunk: to guess how many of them fill the context."""
_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The documents, best first, with what later steps need of how they were found."""

    documents: list[Document]
    generation: int
    question_vector: Sequence[float]
    search_type: SearchType


class Retriever:
    """Finds the chunks nearest in meaning, those with the question's words, or the best of both."""

    def __init__(
        self, index: Index, lexical: Lexical, embedder: Embedder, settings: Settings
    ) -> None:
        self._index = index
        self._lexical = lexical
        self._embedder = embedder
        self._timeout_s = settings.retrieval_timeout_s
        self._context_chars = settings.context_chars

    async def retrieve(
        self, question: str, options: Options, config: RunnableConfig | None
    ) -> Retrieved:
        """Find the documents for a question, as a retriever run of `config`'s callbacks, if any.

        Raises IndexEmptyError, IndexUnavailableError, EmbeddingMismatchError,
        EmbeddingFailedError, ConnectTimeoutError, RetrievalTimeoutError.
        """
        if config is None:
            return await self._in_time(question, options)
        manager = get_async_callback_manager_for_config(config)
        run = await manager.on_retriever_start({}, question, name="Retriever")
        try:
            found = await self._in_time(question, options)
        except BaseException as error:
            await run.on_retriever_error(error)
            raise
        await run.on_retriever_end(found.documents)
        return found

    async def _in_time(self, question: str, options: Options) -> Retrieved:
        await self._embedder.load()  # once in a process: an import or a download is no search
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._retrieve(question, options)
        except TimeoutError as error:
            raise RetrievalTimeoutError(
                f"the documents were not found within {self._timeout_s:g} s"
            ) from error

    async def _retrieve(self, question: str, options: Options) -> Retrieved:
        state = self._index.recent()
        if state is not None:
            vector = await self._embedder.embed_question(question)
        else:
            # The index is looked up while the question is embedded: neither needs the other.
            looking_up = asyncio.create_task(self._index.state())
            try:
                vector = await self._embedder.embed_question(question)
                state = await looking_up
            finally:
                looking_up.cancel()
        for _ in range(_ATTEMPTS):
            state.require(self._embedder.fingerprint)  # it may have been rebuilt meanwhile
            seen = state
            state, documents, search_type = await self._search(state, question, vector, options)
            if state == seen:
                break  # else a source was replaced between one step and the next
        if not documents and options.where is None and search_type != "lexical":
            raise self._index.empty()
        return Retrieved(documents, state.generation, vector, search_type)

    async def _search(
        self, state: IndexState, question: str, vector: Sequence[float], options: Options
    ) -> tuple[IndexState, list[Document], SearchType]:
        """The documents, how they were found, and the state of the index they belong to."""
        search_type, where = options.search_type, options.where
        hits = Hits([], 0)
        near: list[Hit] = []
        if search_type == "hybrid":
            # Most of one is waiting for the index server, most of the other is work here.
            searching = asyncio.create_task(
                self._index.search(state, vector, CANDIDATES, where, texts=False)
            )
            try:
                await asyncio.sleep(0)  # it is on its way
                hits = await self._lexical.search(state, question, CANDIDATES, where)
                state, records = await searching
            finally:
                searching.cancel()
            near = _near(records)
        elif search_type == "lexical":
            hits = await self._lexical.search(state, question, CANDIDATES, where)
        if hits.generation == 0:  # not asked for, or the lexical index is still being made
            search_type = "dense"
        if search_type == "dense" and not near:
            state, records = await self._index.search(state, vector, options.k, where)
            found = {record.id: record for record in records}
            chosen = self._choose(fuse(_near(records), []), found, options.k)
        else:
            state, chosen, found = await self._fetch(state, fuse(near, hits), options.k)
        return state, _documents(chosen, found), search_type

    async def _fetch(
        self, state: IndexState, ranked: Sequence[Candidate], k: int
    ) -> tuple[IndexState, list[Candidate], dict[str, Record]]:
        """The best candidates that there is room for, with their chunks; no more are read."""
        found: dict[str, Record] = {}
        chosen: list[Candidate] = []
        step = min(k, 1 + self._context_chars // _SHORT)
        for start in range(0, len(ranked), step):
            part = ranked[start : start + step]
            now, records = await self._index.fetch(state, [candidate.id for candidate in part])
            found |= records
            there = [candidate for candidate in ranked if candidate.id in found]
            chosen = self._choose(there, found, k)
            if now != state or len(chosen) < len(there) or len(chosen) == k:
                return now, chosen, found
        return state, chosen, found

    def _choose(
        self, ranked: Sequence[Candidate], found: Mapping[str, Record], k: int
    ) -> list[Candidate]:
        lengths = [len(found[candidate.id].text) for candidate in ranked]
        return [ranked[place] for place in fill(lengths, self._context_chars, k)]


def _near(records: Sequence[Record]) -> list[Hit]:
    return [Hit(record.id, 1.0 - record.distance) for record in records]


def _documents(chosen: Sequence[Candidate], found: Mapping[str, Record]) -> list[Document]:
    return [_document(found[candidate.id], candidate) for candidate in chosen]


def _document(record: Record, candidate: Candidate) -> Document:
    places = {"dense": candidate.dense, "lexical": candidate.lexical}
    score = round(candidate.score, 6)
    how: dict[str, Any] = {
        name: {"rank": place.rank, "score": round(place.score, 6)}
        for name, place in places.items()
        if place is not None
    }
    # Sorted, because Chroma gives the keys in another order every time.
    metadata = {
        **dict(sorted(describe(record).items())),
        "chunk_id": record.id,
        "score": score,
        "found": {**how, "fused": score},
    }
    return Document(id=record.id, page_content=record.text, metadata=metadata)
