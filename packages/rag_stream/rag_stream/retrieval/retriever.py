"""From a question to the documents it is answered from."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from langchain_core.documents import Document
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import get_async_callback_manager_for_config

from rag_stream.errors import RetrievalTimeoutError
from rag_stream.index.client import Record
from rag_stream.index.generation import IndexState, describe
from rag_stream.index.reader import IndexReader
from rag_stream.lexical.search import Hit, LexicalSearch
from rag_stream.models.factory import Embedder
from rag_stream.options import Options
from rag_stream.profiles import SearchType
from rag_stream.retrieval.budget import fill
from rag_stream.retrieval.fusion import Candidate, fuse
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
        self, index: IndexReader, lexical: LexicalSearch, embedder: Embedder, settings: Settings
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
            state, documents, used = await self._search(state, question, vector, options)
            if state == seen:
                break  # else a source was replaced between one step and the next
        if not documents and options.where is None and used != "lexical":
            raise self._index.empty()
        return Retrieved(documents, state.generation, vector, used)

    async def _search(
        self, state: IndexState, question: str, vector: Sequence[float], options: Options
    ) -> tuple[IndexState, list[Document], SearchType]:
        """The documents, how they were found, and the state of the index they belong to."""
        if options.search_type == "hybrid":
            return await self._both(state, question, vector, options)
        if options.search_type == "lexical":
            hits = await self._lexical.search(state, question, CANDIDATES, options.where)
            if hits.generation > 0:  # else the lexical index is still being made
                fetched = await self._fetch(state, fuse([], hits), options.k)
                return fetched.state, fetched.documents, "lexical"
        state, records = await self._index.search(state, vector, options.k, options.where)
        there = {record.id: record for record in records}
        chosen = self._choose(fuse(_near(records), []), there, options.k)
        return state, _documents(chosen, there), "dense"

    async def _both(
        self, state: IndexState, question: str, vector: Sequence[float], options: Options
    ) -> tuple[IndexState, list[Document], SearchType]:
        # Most of one is waiting for the index server, most of the other is work here.
        proposing = asyncio.create_task(
            self._index.propose(state, vector, CANDIDATES, options.where)
        )
        try:
            await asyncio.sleep(0)  # it is on its way
            hits = await self._lexical.search(state, question, CANDIDATES, options.where)
            proposed = await proposing
        finally:
            proposing.cancel()
        used: SearchType = "hybrid" if hits.generation > 0 else "dense"
        if proposed is not None:
            fetched = await self._fetch(state, fuse(_near(proposed), hits), options.k)
            if fetched.state != state or fetched.is_whole:
                return fetched.state, fetched.documents, used
            # Chunks of a change that is under way have taken the places of others.
        else:
            state = await self._index.state()  # where a server that is gone is replaced
        state, records = await self._index.search(
            state, vector, CANDIDATES, options.where, texts=False
        )
        fetched = await self._fetch(state, fuse(_near(records), hits), options.k)
        return fetched.state, fetched.documents, used

    async def _fetch(self, state: IndexState, ranked: Sequence[Candidate], k: int) -> "_Fetched":
        """The best candidates that there is room for, as documents; no more are read."""
        found: dict[str, Record] = {}
        chosen: list[Candidate] = []
        asked: list[Candidate] = []
        step = min(k, 1 + self._context_chars // _SHORT)
        for start in range(0, len(ranked), step):
            part = ranked[start : start + step]
            asked += part
            only_lexical = {one.id for one in part if one.dense is None}
            now, records = await self._index.fetch(state, [one.id for one in part], only_lexical)
            found |= records
            there = [candidate for candidate in asked if candidate.id in found]
            chosen = self._choose(there, found, k)
            is_full = len(chosen) < len(there) or len(chosen) == k
            if now != state or is_full:
                state = now
                break
        is_whole = all(one.id in found for one in asked if one.dense is not None)
        return _Fetched(state, _documents(chosen, found), is_whole)

    def _choose(
        self, ranked: Sequence[Candidate], found: Mapping[str, Record], k: int
    ) -> list[Candidate]:
        lengths = [len(found[candidate.id].text) for candidate in ranked]
        return [ranked[place] for place in fill(lengths, self._context_chars, k)]


class _Fetched(NamedTuple):
    """`is_whole`: all that was proposed by its vector does hold."""

    state: IndexState
    documents: list[Document]
    is_whole: bool


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
