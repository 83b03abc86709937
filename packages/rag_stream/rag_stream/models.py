"""The chat and embedding models that the settings name, with their failures translated."""

import asyncio
from array import array
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel

from rag_stream.deferred import Deferred
from rag_stream.errors import (
    EmbeddingFailedError,
    ModelBusyError,
    ModelFailedError,
    ModelRejectedError,
    ModelTimeoutError,
    RagError,
    SettingsError,
)
from rag_stream.proxies import proxy_of
from rag_stream.settings import Settings

if TYPE_CHECKING:
    from httpx2 import AsyncClient

    from rag_stream.minilm import MiniLMEmbeddings

# Imports of langchain_openai, onnxruntime and the local classes stand inside the functions:
# a process pays only for the provider it uses. And OpenAI's take 1.2 s, so they wait, in a
# Deferred, until a model is needed: a service is ready before.

OPENAI_URL = "https://api.openai.com/v1"
_UNREACHABLE = "cannot be reached"
CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 120.0
REMEMBERED_QUESTIONS = 1_000
"""Question vectors kept in memory: 6 MB at 1,536 numbers each."""


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A chat model and the name it answers under, `provider:name`."""

    name: str
    deferred: Deferred[BaseChatModel]
    local: "MiniLMEmbeddings | None" = None
    shares_embedder: bool = False
    """Whether it compares texts with the very model that embeds the index."""

    async def prepare(self) -> None:
        """Load what runs in this process. Raises WeightsError."""
        if self.local is not None:
            await asyncio.to_thread(self.local.load)

    async def load(self) -> None:
        """Import what `runnable` needs, while the event loop goes on."""
        await self.deferred.load()

    @property
    def runnable(self) -> BaseChatModel:
        """The model itself; before `load` it takes a second where it is OpenAI's."""
        return self.deferred.get()

    @property
    def reports_finish(self) -> bool:
        """Whether a stream without a finish reason has been cut off."""
        return self.name.startswith("openai:")


class Embedder:
    """An embedding model and its fingerprint, which the index records."""

    def __init__(
        self,
        fingerprint: str,
        deferred: Deferred[Embeddings],
        local: "MiniLMEmbeddings | None" = None,
    ) -> None:
        self.fingerprint = fingerprint
        self.local = local
        self._deferred = deferred
        self._questions: OrderedDict[str, Sequence[float]] = OrderedDict()

    async def prepare(self) -> None:
        """Load what runs in this process. Raises WeightsError."""
        if self.local is not None:
            await asyncio.to_thread(self.local.load)

    async def load(self) -> None:
        """Import what `embeddings` needs, while the event loop goes on."""
        await self._deferred.load()

    @property
    def embeddings(self) -> Embeddings:
        """The model itself; before `load` it takes a second where it is OpenAI's."""
        return self._deferred.get()

    async def embed_question(self, text: str) -> Sequence[float]:
        """One vector; those of the questions asked last are remembered.

        Raises EmbeddingFailedError, WeightsError.
        """
        known = self._questions.get(text)
        if known is not None:
            self._questions.move_to_end(text)
            return known
        try:
            numbers = await (await self._deferred.load()).aembed_query(text)
            vector = array("f", numbers)  # as the index has them; a list takes eight times more
        except Exception as error:
            raise _embedding_failure(error, self.fingerprint) from error
        self._questions[text] = vector
        if len(self._questions) > REMEMBERED_QUESTIONS:
            self._questions.popitem(last=False)
        return vector

    async def embed_chunks(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector a text, in order. Raises EmbeddingFailedError, WeightsError."""
        try:
            return await (await self._deferred.load()).aembed_documents(list(texts))
        except Exception as error:
            raise _embedding_failure(error, self.fingerprint) from error


def build_embedder(settings: Settings, http: "AsyncClient | None") -> Embedder:
    """The embedding model of RAG_EMBEDDINGS; nothing is loaded or called yet.

    Raises SettingsError.
    """
    provider, _, name = settings.embeddings_name.partition(":")
    if provider == "openai":
        access = openai_access(settings)

        def build() -> Embeddings:
            from rag_stream.openai_embeddings import QuestionOpenAIEmbeddings

            # The length check would fetch a vocabulary from the network; chunks are far below
            # the limit, and servers other than OpenAI's want text, not token numbers.
            return QuestionOpenAIEmbeddings(
                model=name,
                check_embedding_ctx_length=False,
                http_async_client=http,
                **access,
            )

        return Embedder(settings.embeddings_name, Deferred(build))
    from rag_stream.minilm import MiniLMEmbeddings

    local = MiniLMEmbeddings(cache=settings.model_cache)
    return Embedder(local.fingerprint, Deferred(lambda: local), local)


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
            from rag_stream.openai_chat import StreamingChatOpenAI

            return StreamingChatOpenAI(
                model=name,
                stream_usage=True,
                # LangChain times each chunk with asyncio.wait_for, which before Python 3.12
                # can lose a cancellation: the answer then goes on for nobody. The pool has a
                # timeout.
                stream_chunk_timeout=None,
                http_async_client=http,
                # For pools of LangChain's own, unused here; with any it warns of proxies it
                # hides.
                http_socket_options=(),
                **access,
            )

        return ChatModel(settings.chat_model_name, Deferred(build))
    from rag_stream.extractive import ExtractiveChatModel
    from rag_stream.minilm import MiniLMEmbeddings

    # The answerer compares sentences with the local model, whatever embeds the index.
    encoder = embedder.local or MiniLMEmbeddings(cache=settings.model_cache)
    return ChatModel(
        settings.chat_model_name,
        Deferred(lambda: ExtractiveChatModel(embedder=encoder)),
        local=encoder,
        shares_embedder=encoder is embedder.local,
    )


def uses_openai(settings: Settings) -> bool:
    """Whether a question needs a server that speaks OpenAI's API."""
    names = settings.chat_model_name, settings.embeddings_name
    return any(name.startswith("openai:") for name in names)


def openai_pool(settings: Settings) -> "AsyncClient | None":
    """A connection pool for the OpenAI client; None where no OpenAI model is configured.

    Our own, because LangChain's is shared by all event loops of a process, which breaks
    the second one, and is never closed. As the OpenAI client's default is made, but
    without importing it: readiness asks through the pool before a question does.
    """
    if not uses_openai(settings):
        return None
    import httpx2

    timeout = httpx2.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    if proxy_of(settings.openai_base_url or OPENAI_URL) is not None:
        # It knows its way with proxies. No limits: they are for the caller to set.
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=100)
        return httpx2.AsyncClient(timeout=timeout, limits=limits, follow_redirects=True)
    from rag_stream.openai_transport import PooledClient

    return PooledClient(timeout)


def openai_access(settings: Settings) -> dict[str, Any]:
    """Key and address for an OpenAI client. Raises SettingsError where the key is missing."""
    if settings.needs_openai_key:
        raise SettingsError(
            "OPENAI_API_KEY: expected a key, because RAG_CHAT_MODEL or RAG_EMBEDDINGS names an "
            "OpenAI model, got none (a server that needs no key is named by OPENAI_BASE_URL)"
        )
    key = settings.openai_api_key
    return {
        # The client insists on some key; servers that need none ignore it.
        "api_key": key.get_secret_value() if key else "none",
        "base_url": settings.openai_base_url,
    }


def model_failure(error: BaseException, model: str, *, answering: bool = False) -> RagError:
    """The domain error for what a chat model raised; its text never quotes `error`.

    `answering`: a part of the answer was there already.
    """
    if isinstance(error, RagError):
        return error
    kind, reason = _classify(error)
    if answering and reason == _UNREACHABLE:
        reason = "broke off its answer"
    return kind(f"the chat model {model!r} {reason}")


def _embedding_failure(error: Exception, model: str) -> RagError:
    if isinstance(error, RagError):
        return error
    _, reason = _classify(error)
    return EmbeddingFailedError(f"the embedding model {model!r} {reason}")


def _classify(error: BaseException) -> tuple[type[ModelFailedError], str]:
    # By name: the OpenAI client has moved from httpx to httpx2, other providers have not,
    # and both name these errors alike. Mid-stream they come through unwrapped. And where
    # another provider answers, the OpenAI client is not imported.
    names = {base.__name__ for base in type(error).__mro__}
    if names & {"APITimeoutError", "TimeoutError", "TimeoutException"}:
        return ModelTimeoutError, "did not answer in time"
    if "APIStatusError" in names:
        status = int(getattr(error, "status_code", 0))
        if status == 429:
            return ModelBusyError, "is over its rate limit (status 429)"
        if status in (401, 403):
            return ModelRejectedError, f"refused the service's credentials (status {status})"
        if status < 500:
            return ModelRejectedError, f"refused the request (status {status})"
        return ModelFailedError, f"failed (status {status})"
    if names & {"APIConnectionError", "ConnectError"}:
        return ModelFailedError, _UNREACHABLE
    if "TransportError" in names:
        return ModelFailedError, "broke off the connection"
    return ModelFailedError, "failed"
