"""The chat and embedding models that the settings name."""

import asyncio
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel

from rag_stream.errors import RagError
from rag_stream.lru import LRU
from rag_stream.models.failures import embedding_failure
from rag_stream.models.lazy import Lazy
from rag_stream.models.openai.access import chat_class, embeddings_class, openai_access
from rag_stream.models.retry import pause_before_retry
from rag_stream.settings import Settings

if TYPE_CHECKING:
    from httpx2 import AsyncClient

    from rag_stream.models.local.embeddings import MiniLMEmbeddings

# Imports of langchain_openai, onnxruntime and the local classes stand inside the functions:
# a process pays only for the provider it uses. And OpenAI's take 1.2 s, so they wait, in a
# Lazy, until a model is needed: a service is ready before.

REMEMBERED_QUESTIONS = 1_000
"""Question vectors kept in memory: 6 MB at 1,536 numbers each."""


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A chat model and the name it answers under, `provider:name`."""

    name: str
    lazy: Lazy[BaseChatModel]
    local: "MiniLMEmbeddings | None" = None
    shares_embedder: bool = False
    """Whether it compares texts with the very model that embeds the index."""

    async def prepare(self) -> None:
        """Load what runs in this process. Raises WeightsError."""
        if self.local is not None:
            await asyncio.to_thread(self.local.load)

    async def load(self) -> None:
        """Make ready what `runnable` needs, while the event loop goes on. Raises WeightsError."""
        await self.lazy.load()
        if self.local is not None and not self.local.is_loaded:
            await self.prepare()

    @property
    def runnable(self) -> BaseChatModel:
        """The model itself; before `load` it takes a second where it is OpenAI's."""
        return self.lazy.get()

    @property
    def reports_finish(self) -> bool:
        """Whether a stream without a finish reason has been cut off."""
        return self.name.startswith("openai:")


class Embedder:
    """An embedding model and its fingerprint, which the index records."""

    def __init__(
        self,
        fingerprint: str,
        lazy: Lazy[Embeddings],
        local: "MiniLMEmbeddings | None" = None,
        *,
        retries: int = 0,
    ) -> None:
        """`retries`: how often a question that failed to be embedded is tried again."""
        self.fingerprint = fingerprint
        self.local = local
        self._lazy = lazy
        self._retries = retries
        self._questions: LRU[str, Sequence[float]] = LRU(REMEMBERED_QUESTIONS)

    async def prepare(self) -> None:
        """Load what runs in this process. Raises WeightsError."""
        if self.local is not None:
            await asyncio.to_thread(self.local.load)

    async def load(self) -> None:
        """Make ready what `embeddings` needs, while the event loop goes on. Raises WeightsError."""
        await self._lazy.load()
        if self.local is not None and not self.local.is_loaded:
            await self.prepare()

    @property
    def embeddings(self) -> Embeddings:
        """The model itself; before `load` it takes a second where it is OpenAI's."""
        return self._lazy.get()

    async def embed_question(self, text: str) -> Sequence[float]:
        """One vector; those of the questions asked last are remembered.

        Raises EmbeddingFailedError, ConnectTimeoutError, RetrievalTimeoutError, WeightsError.
        """
        known = self._questions.get(text)
        if known is not None:
            return known
        vector = await self._embed(text)
        self._questions.put(text, vector)
        return vector

    async def _embed(self, text: str) -> Sequence[float]:
        failed = 0
        while True:
            try:
                numbers = await (await self._lazy.load()).aembed_query(text)
                return array("f", numbers)  # as the index has them; a list takes eight times more
            except Exception as error:
                failed += 1
                failure = embedding_failure(error, self.fingerprint)
                pause_s = pause_before_retry(failure, failed, self._retries)
                if pause_s is None:
                    if failure is error:
                        raise
                    raise failure from error
            await asyncio.sleep(pause_s)

    async def embed_chunks(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector a text, in order. Raises EmbeddingFailedError, WeightsError."""
        try:
            return await (await self._lazy.load()).aembed_documents(list(texts))
        except RagError:
            raise
        except Exception as error:
            raise embedding_failure(error, self.fingerprint) from error


def build_embedder(settings: Settings, http: "AsyncClient | None") -> Embedder:
    """The embedding model of RAG_EMBEDDINGS; nothing is loaded or called yet.

    Raises SettingsError.
    """
    provider, _, name = settings.embeddings_name.partition(":")
    if provider == "openai":
        access = openai_access(settings)

        def build() -> Embeddings:
            # The length check would fetch a vocabulary from the network; chunks are far below
            # the limit, and servers other than OpenAI's want text, not token numbers.
            return embeddings_class(settings)(
                model=name,
                check_embedding_ctx_length=False,
                http_async_client=http,
                **access,
            )

        return Embedder(settings.embeddings_name, Lazy(build), retries=settings.retries)
    from rag_stream.models.local.embeddings import MiniLMEmbeddings

    local = MiniLMEmbeddings(cache=settings.model_cache)
    return Embedder(local.fingerprint, Lazy(lambda: local), local)


def build_chat_model(
    settings: Settings, embedder: Embedder, http: "AsyncClient | None"
) -> ChatModel:
    """The chat model of RAG_CHAT_MODEL; nothing is loaded or called yet.

    Raises SettingsError.
    """
    provider, _, name = settings.chat_model_name.partition(":")
    if provider == "openai":
        access = openai_access(settings)

        def build() -> BaseChatModel:
            return chat_class(settings)(
                model=name,
                stream_usage=True,
                # Asked again by the chain, which knows whether a token has come (`retry.py`).
                max_retries=0,
                # LangChain times each chunk with asyncio.wait_for, which before Python 3.12
                # can lose a cancellation: the answer then goes on for nobody. See
                # `pipeline/deadlines.py`.
                stream_chunk_timeout=None,
                http_async_client=http,
                # For pools of LangChain's own, unused here; with any it warns of proxies it
                # hides.
                http_socket_options=(),
                **access,
            )

        return ChatModel(settings.chat_model_name, Lazy(build))
    from rag_stream.models.local.embeddings import MiniLMEmbeddings
    from rag_stream.models.local.extractive import ExtractiveChatModel

    # The answerer compares sentences with the local model, whatever embeds the index.
    encoder = embedder.local or MiniLMEmbeddings(cache=settings.model_cache)
    return ChatModel(
        settings.chat_model_name,
        Lazy(lambda: ExtractiveChatModel(embedder=encoder)),
        local=encoder,
        shares_embedder=encoder is embedder.local,
    )
