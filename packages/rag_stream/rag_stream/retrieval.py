"""From a question to the documents it is answered from."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.documents import Document
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import get_async_callback_manager_for_config

from rag_stream.chroma import Record
from rag_stream.errors import RetrievalTimeoutError
from rag_stream.index import Index, describe
from rag_stream.models import Embedder


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The documents, best first, with what later steps need of how they were found."""

    documents: list[Document]
    generation: int
    question_vector: Sequence[float]


class Retriever:
    """Dense search: embeds the question and takes the `k` nearest chunks."""

    def __init__(self, index: Index, embedder: Embedder, *, k: int, timeout_s: float) -> None:
        self._index = index
        self._embedder = embedder
        self._k = k
        self._timeout_s = timeout_s

    async def retrieve(self, question: str, config: RunnableConfig | None) -> Retrieved:
        """Find the documents for a question, as a retriever run of `config`'s callbacks, if any.

        Raises IndexEmptyError, IndexUnavailableError, EmbeddingMismatchError,
        EmbeddingFailedError, ConnectTimeoutError, RetrievalTimeoutError.
        """
        if config is None:
            return await self._in_time(question)
        manager = get_async_callback_manager_for_config(config)
        run = await manager.on_retriever_start({}, question, name="Retriever")
        try:
            found = await self._in_time(question)
        except BaseException as error:
            await run.on_retriever_error(error)
            raise
        await run.on_retriever_end(found.documents)
        return found

    async def _in_time(self, question: str) -> Retrieved:
        await self._embedder.load()  # once in a process: an import or a download is no search
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._search(question)
        except TimeoutError as error:
            raise RetrievalTimeoutError(
                f"the documents were not found within {self._timeout_s:g} s"
            ) from error

    async def _search(self, question: str) -> Retrieved:
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
        state.require(self._embedder.fingerprint)
        state, records = await self._index.search(state, vector, self._k)
        state.require(self._embedder.fingerprint)  # it may have been rebuilt meanwhile
        if not records:
            raise self._index.empty()
        documents = [_document(record, rank) for rank, record in enumerate(records, start=1)]
        return Retrieved(documents, state.generation, vector)


def _document(record: Record, rank: int) -> Document:
    score = round(1.0 - record.distance, 6)
    # Sorted, because Chroma gives the keys in another order every time.
    metadata = {
        **dict(sorted(describe(record).items())),
        "chunk_id": record.id,
        "score": score,
        "found": {"dense": {"rank": rank, "score": score}},
    }
    return Document(id=record.id, page_content=record.text, metadata=metadata)
