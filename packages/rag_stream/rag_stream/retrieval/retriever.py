"""From a question to the documents it is answered from."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from langchain_core.documents import Document
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import get_async_callback_manager_for_config

from rag_stream.calibration.kept_loads import Kept
from rag_stream.conversation import Turn
from rag_stream.errors import (
    IndexConnectTimeoutError,
    IndexMovedError,
    IndexUnavailableError,
    RagError,
    RetrievalTimeoutError,
)
from rag_stream.index.reader import IndexReader
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.lexical.search import LexicalSearch
from rag_stream.models.embedders import Embedders
from rag_stream.models.factory import Embedder
from rag_stream.options import Options
from rag_stream.profiles import SearchType
from rag_stream.retrieval.alongside import alongside
from rag_stream.retrieval.budget import Budget
from rag_stream.retrieval.documents import fitting
from rag_stream.retrieval.history import History, history_of, read_with
from rag_stream.retrieval.reranker import Reranker, reranked
from rag_stream.retrieval.search import CANDIDATES, Found, Query, Search
from rag_stream.retrieval.spoken import Spoken, embed, loaded, weighed
from rag_stream.schema import Rerank
from rag_stream.settings import Settings

SNAPSHOTS = 12
"""How many a question is tried with; sources are replaced every few hundredths of a second at
most, and it takes one of those among what is found."""
LOOK_S = 1.0
"""How long the look at the index is waited for where the model it had does not answer."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The documents, best first, with what later steps need of how they were found."""

    documents: list[Document]
    snapshot: IndexSnapshot
    question_vector: Sequence[float]
    search_type: SearchType
    fused: list[Document]
    """What they would be without a reranker; where there is none, the same list."""
    nearest: float | None = None
    """The cosine of the chunk that is nearest, there or not; None where that was not asked."""
    rerank: Rerank | None = None
    """What became of the reranking; None where no reranker is configured."""
    information: Mapping[str, float] = field(default_factory=dict)
    """How much each of the question's terms says in the index, as far as that was found out."""
    margin: float | None = None
    """How much nearer the nearest chunk is than the fiftieth; None where that was not asked."""
    counts: float = 0.0
    """How far what was said before the question counted, from 0 to 1: in its vector, too."""
    context: Mapping[str, float] = field(default_factory=dict)
    """How much the terms from before the question say, as far as they count."""
    topic: tuple[str, ...] = ()
    """The turns before that the question goes on with, oldest first."""

    @property
    def generation(self) -> int:
        """Of the index that all of the documents hold in."""
        return self.snapshot.generation


class Retriever:
    """Embeds the question, searches the index as it is now, and takes what there is room for.

    With a reranker, what that puts first.
    """

    def __init__(
        self,
        index: IndexReader,
        lexical: LexicalSearch,
        embedders: Embedders,
        reranker: Reranker | None,
        settings: Settings,
        kept: Kept | None = None,
    ) -> None:
        """`kept`: where questions lie; without, only words tell whether one goes on with others."""
        self._kept = kept
        self._index = index
        self._search = Search(index, lexical)
        self._embedders = embedders
        self._reranker = reranker
        self._timeout_s = settings.retrieval_timeout_s
        self._rerank_timeout_s = settings.rerank_timeout_s
        self._context_chars = settings.context_chars
        self._once = settings.profile != "reference"  # whose program knows no repeats

    async def load(self) -> None:
        """Import what retrieving takes, so that the first question need not wait for it."""
        embedder = self._embedders.likely_or_new(self._index.seen)
        await embedder.load()
        await self._search.load()

    async def retrieve(
        self,
        question: str,
        options: Options,
        config: RunnableConfig | None,
        history: Sequence[Turn] = (),
    ) -> Retrieved:
        """Find the documents for a question, as a retriever run of `config`'s callbacks, if any.

        `history`: what was said before it, oldest first.
        Raises IndexEmptyError, IndexUnavailableError, EmbeddingMismatchError,
        EmbeddingFailedError, ConnectTimeoutError, RetrievalTimeoutError.
        """
        before = history_of(question, history)
        if config is None:
            return await self._in_time(question, options, before)
        manager = get_async_callback_manager_for_config(config)
        run = await manager.on_retriever_start({}, question, name="Retriever")
        try:
            found = await self._in_time(question, options, before)
        except BaseException as error:
            await run.on_retriever_error(error)
            raise
        await run.on_retriever_end(found.documents)
        return found

    async def _in_time(self, question: str, options: Options, history: History | None) -> Retrieved:
        likely = self._embedders.likely(self._index.seen)
        if likely is not None:
            await likely.load()  # once in a process: an import or a download is no search
        try:
            async with asyncio.timeout(self._timeout_s) as limit:
                query, found = await self._searched(question, options, history, likely, limit)
        except TimeoutError as error:
            raise RetrievalTimeoutError(
                f"the documents were not found within {self._timeout_s:g} s"
            ) from error
        documents = fused = fitting(found.passages, query.budget)
        reranking = None
        if self._reranker is not None:
            # Within the same time; but with documents in hand its end is nobody's failure.
            until = asyncio.get_running_loop().time() + self._rerank_timeout_s
            until = min(until, limit.when() or until)
            read = read_with(question, query.topic, query.counts)
            passages, reranking = await reranked(self._reranker, read, found.passages, until)
            documents = fitting(passages, query.budget)
        return Retrieved(
            documents,
            found.snapshot,
            query.vector,
            found.search_type,
            fused,
            found.nearest,
            reranking,
            found.information,
            found.margin,
            query.counts,
            found.context,
            query.topic,
        )

    async def _searched(
        self,
        question: str,
        options: Options,
        history: History | None,
        likely: Embedder | None,
        limit: asyncio.Timeout,
    ) -> tuple[Query, Found]:
        snapshot, spoken = await self._start(question, history, likely)
        least = 0 if self._reranker is None else CANDIDATES
        budget = Budget(self._context_chars, options.k, least)
        model = None if likely is None else likely.fingerprint
        query = Query(question, (), options.search_type, options.where, budget, self._once)
        query, found = await self._find(snapshot, query, history, spoken, model, limit)
        if not found.passages and options.where is None and found.search_type != "lexical":
            raise self._index.empty()
        return query, found

    async def _start(
        self, question: str, history: History | None, likely: Embedder | None
    ) -> tuple[IndexSnapshot, Spoken | None]:
        """The index as it is, and the vectors of the model that it is likely to have."""
        snapshot = self._index.recent()
        if snapshot is not None or likely is None:
            spoken = None if likely is None else await embed(likely, question, history)
            return snapshot or await self._index.snapshot(), spoken
        # The index is looked up while the question is embedded: neither needs the other.
        async with alongside(self._index.snapshot()) as looked_up:
            try:
                spoken = await embed(likely, question, history)
            except RagError:
                if not self._embedders.follows:
                    raise
                with suppress(TimeoutError, RagError):
                    async with asyncio.timeout(LOOK_S):
                        snapshot = await looked_up
                if snapshot is None or snapshot.embedding_model == likely.fingerprint:
                    raise
                return snapshot, None  # it has another model by now, and does without this one
            return await looked_up, spoken

    async def _find(
        self,
        snapshot: IndexSnapshot,
        query: Query,
        history: History | None,
        spoken: Spoken | None,
        model: str | None,
        limit: asyncio.Timeout,
    ) -> tuple[Query, Found]:
        """Search in the snapshot; in another one where the index has moved on meanwhile.

        The only place where that is done. Also where a server that has gone is given its one
        chance to be there again. `spoken`: the vectors for the query, of `model`, if there are any.
        """
        was_away = False
        for _ in range(SNAPSHOTS):
            embedder = self._embedders.of(snapshot)
            if spoken is None or embedder.fingerprint != model:  # it may have been rebuilt
                await loaded(embedder, limit)
                spoken = await embed(embedder, query.question, history)
                model = embedder.fingerprint
            snapshot.require_dimension(len(spoken.question))
            with_talk = await weighed(spoken, query.question, history, self._kept, snapshot)
            query = replace(
                query,
                vector=with_talk.vector,
                counts=with_talk.counts,
                earlier=with_talk.earlier,
                alone=with_talk.alone,
                topic=with_talk.topic,
            )
            try:
                return query, await self._search.find(snapshot, query)
            except IndexMovedError:
                pass  # a source was replaced between one step and the next
            except IndexConnectTimeoutError:
                raise
            except IndexUnavailableError:
                if was_away:
                    raise
                was_away = True
            snapshot = await self._index.snapshot()  # where a folder's own server is replaced
        raise IndexUnavailableError(
            f"the index was changed while it was searched, {SNAPSHOTS} times one after another"
        )
