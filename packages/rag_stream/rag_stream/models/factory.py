"""The chat and embedding models that the settings name."""

import asyncio
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel

from rag_stream.errors import RagError
from rag_stream.lru import LRU
from rag_stream.models.lazy import Lazy
from rag_stream.models.providers import Providers
from rag_stream.models.retry import pause_before_retry
from rag_stream.models.sampled import Sampled, sampled
from rag_stream.models.wire import PLAIN, Wire
from rag_stream.sampling import Sampling
from rag_stream.settings import Settings

if TYPE_CHECKING:
    from rag_stream.models.local.embeddings import LocalEmbeddings

# Models wait, in a Lazy, until they are needed: importing their classes takes a second, and a
# service is ready before.

REMEMBERED_QUESTIONS = 1_000
"""Question vectors kept in memory: 6 MB at 1,536 numbers each."""


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A chat model and the name it answers under, `provider:name`."""

    name: str
    lazy: Lazy[BaseChatModel]
    local: "LocalEmbeddings | None" = None
    shares_embedder: bool = False
    """Whether it compares texts with the very model that embeds the index."""
    wire: Wire = PLAIN
    is_sure: bool = True
    """Whether it can be made, as far as its settings go: else making it tells."""

    async def check(self) -> None:
        """Raise SettingsError for settings that do not suit the model."""
        if not self.is_sure:
            await self.lazy.load()

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
        """The model itself; before `load` it takes a second to import its class."""
        return self.lazy.get()

    def sampled(self, sampling: Sampling | None) -> Sampled:
        """The model as one question wants it."""
        return sampled(self.runnable, sampling)

    @property
    def reports_finish(self) -> bool:
        """Whether a stream without a finish reason has been cut off."""
        return self.wire.reports_finish


class Embedder:
    """An embedding model and its fingerprint, which the index records."""

    def __init__(
        self,
        fingerprint: str,
        lazy: Lazy[Embeddings],
        local: "LocalEmbeddings | None" = None,
        *,
        retries: int = 0,
        wire: Wire = PLAIN,
        is_sure: bool = True,
    ) -> None:
        """`retries`: how often a question that failed to be embedded is tried again.

        `is_sure`: see ChatModel.
        """
        self.fingerprint = fingerprint
        self.local = local
        self._lazy = lazy
        self._retries = retries
        self._wire = wire
        self._is_sure = is_sure
        self._questions: LRU[str, Sequence[float]] = LRU(REMEMBERED_QUESTIONS)

    async def check(self) -> None:
        """Raise SettingsError for settings that do not suit the model."""
        if not self._is_sure:
            await self._lazy.load()

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
        """The model itself; before `load` it takes a second to import its class."""
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

    def remembered(self, text: str) -> Sequence[float] | None:
        """The vector of a text that was embedded as a question lately."""
        return self._questions.get(text)

    async def _embed(self, text: str) -> Sequence[float]:
        failed = 0
        while True:
            try:
                numbers = await (await self._lazy.load()).aembed_query(text)
                return array("f", numbers)  # as the index has them; a list takes eight times more
            except Exception as error:
                failed += 1
                failure = self._wire.embedding_failure(error, self.fingerprint)
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
            raise self._wire.embedding_failure(error, self.fingerprint) from error

    async def embed_questions(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector a question, in order: at once where the model runs here.

        Raises what `embed_question` raises.
        """
        if self.local is None:
            return [await self.embed_question(text) for text in texts]
        rows: list[list[float]] = (await self.local.aencode(texts, questions=len(texts))).tolist()
        return rows


def build_embedder(
    settings: Settings,
    providers: Providers | None,
    model: str | None = None,
    because: str | None = None,
) -> Embedder:
    """An embedding model, without a name that of a new index; nothing is loaded or called yet.

    Without `providers` its connections are its own, for any event loop. `because`: what names the
    model, where that is not RAG_EMBEDDINGS. Raises SettingsError.
    """
    providers = providers or Providers(settings, has_pools=False)
    provider, name = providers.of(model or settings.embeddings_name)
    provider.require("RAG_EMBEDDINGS", because)
    return Embedder(
        provider.fingerprint(name),
        Lazy(partial(provider.embeddings, name)),
        provider.local_of(name),
        retries=settings.retries,
        wire=provider.wire,
        is_sure=provider.is_sure,
    )


def build_chat_model(
    settings: Settings, embedder: Embedder | None, providers: Providers | None
) -> ChatModel:
    """The chat model of RAG_CHAT_MODEL; nothing is loaded or called yet.

    `embedder`: that of the index; one that compares texts in this process shares it, where it runs
    here too. Raises SettingsError.
    """
    providers = providers or Providers(settings, has_pools=False)
    provider, name = providers.of(settings.chat_model_name)
    provider.require("RAG_CHAT_MODEL")
    local = provider.local
    if local is not None and embedder is not None:
        local = embedder.local or local
    return ChatModel(
        settings.chat_model_name,
        Lazy(partial(provider.chat, name, local)),
        local=local,
        shares_embedder=local is not None
        and embedder is not None
        and embedder.fingerprint == local.fingerprint,
        wire=provider.wire,
        is_sure=provider.is_sure,
    )
