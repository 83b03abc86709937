"""The chat and embedding models that the settings name, with their failures translated."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel

from rag_stream.errors import (
    EmbeddingFailedError,
    ModelBusyError,
    ModelFailedError,
    ModelRejectedError,
    ModelTimeoutError,
    RagError,
    SettingsError,
)
from rag_stream.settings import Settings

if TYPE_CHECKING:
    from openai import DefaultAsyncHttpxClient

    from rag_stream.minilm import MiniLMEmbeddings

# Imports of langchain_openai, onnxruntime and the local classes stand inside the functions:
# a process pays only for the provider it uses (openai alone is 1.3 s of start-up).

_UNREACHABLE = "cannot be reached"
CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 120.0
REMEMBERED_QUESTIONS = 1_000
"""Question vectors kept in memory: 12 MB at 1,536 numbers each, as floats of Python's."""


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A chat model and the name it answers under, `provider:name`."""

    runnable: BaseChatModel
    name: str
    local: "MiniLMEmbeddings | None" = None
    shares_embedder: bool = False
    """Whether it compares texts with the very model that embeds the index."""

    async def prepare(self) -> None:
        """Load what runs in this process. Raises WeightsError."""
        if self.local is not None:
            await asyncio.to_thread(self.local.load)

    @property
    def reports_finish(self) -> bool:
        """Whether a stream without a finish reason has been cut off."""
        return self.name.startswith("openai:")


class Embedder:
    """An embedding model and its fingerprint, which the index records."""

    def __init__(self, embeddings: Embeddings, fingerprint: str) -> None:
        self.embeddings = embeddings
        self.fingerprint = fingerprint
        self._questions: OrderedDict[str, Sequence[float]] = OrderedDict()

    async def prepare(self) -> None:
        """Load what runs in this process. Raises WeightsError."""
        load = getattr(self.embeddings, "load", None)
        if load is not None:
            await asyncio.to_thread(load)

    async def embed_question(self, text: str) -> Sequence[float]:
        """One vector; those of the questions asked last are remembered.

        Raises EmbeddingFailedError, WeightsError.
        """
        known = self._questions.get(text)
        if known is not None:
            self._questions.move_to_end(text)
            return known
        try:
            vector = await self.embeddings.aembed_query(text)
        except Exception as error:
            raise _embedding_failure(error, self.fingerprint) from error
        self._questions[text] = vector
        if len(self._questions) > REMEMBERED_QUESTIONS:
            self._questions.popitem(last=False)
        return vector

    async def embed_chunks(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector a text, in order. Raises EmbeddingFailedError, WeightsError."""
        try:
            return await self.embeddings.aembed_documents(list(texts))
        except Exception as error:
            raise _embedding_failure(error, self.fingerprint) from error


def build_embedder(settings: Settings, http: "DefaultAsyncHttpxClient | None") -> Embedder:
    """The embedding model of RAG_EMBEDDINGS; nothing is loaded or called yet."""
    provider, _, name = settings.embeddings_name.partition(":")
    if provider == "openai":
        from rag_stream.openai_embeddings import QuestionOpenAIEmbeddings

        # The length check would fetch a vocabulary from the network; chunks are far below
        # the limit, and servers other than OpenAI's want text, not token numbers.
        openai = QuestionOpenAIEmbeddings(
            model=name,
            check_embedding_ctx_length=False,
            http_async_client=http,
            **openai_access(settings),
        )
        return Embedder(openai, settings.embeddings_name)
    from rag_stream.minilm import MiniLMEmbeddings

    local = MiniLMEmbeddings(cache=settings.model_cache)
    return Embedder(local, local.fingerprint)


def build_chat_model(
    settings: Settings, embedder: Embedder, http: "DefaultAsyncHttpxClient | None"
) -> ChatModel:
    """The chat model of RAG_CHAT_MODEL; nothing is loaded or called yet."""
    provider, _, name = settings.chat_model_name.partition(":")
    if provider == "openai":
        from rag_stream.openai_chat import StreamingChatOpenAI

        openai = StreamingChatOpenAI(
            model=name,
            stream_usage=True,
            # LangChain times each chunk with asyncio.wait_for, which before Python 3.12 can
            # lose a cancellation: the answer then goes on for nobody. The pool has a timeout.
            stream_chunk_timeout=None,
            http_async_client=http,
            # For pools of LangChain's own, unused here; with any it warns of proxies it hides.
            http_socket_options=(),
            **openai_access(settings),
        )
        return ChatModel(openai, settings.chat_model_name)
    from rag_stream.extractive import ExtractiveChatModel
    from rag_stream.minilm import MiniLMEmbeddings

    # The answerer compares sentences with the local model, whatever embeds the index.
    shared = embedder.embeddings
    encoder = (
        shared
        if isinstance(shared, MiniLMEmbeddings)
        else MiniLMEmbeddings(cache=settings.model_cache)
    )
    return ChatModel(
        ExtractiveChatModel(embedder=encoder),
        settings.chat_model_name,
        local=encoder,
        shares_embedder=encoder is shared,
    )


def openai_pool(settings: Settings) -> "DefaultAsyncHttpxClient | None":
    """A connection pool for the OpenAI client; None where no OpenAI model is configured.

    Our own, because LangChain's is shared by all event loops of a process, which breaks
    the second one, and is never closed. Of the client's own class, because which HTTP
    library that is has changed between its versions.
    """
    names = settings.chat_model_name, settings.embeddings_name
    if not any(name.startswith("openai:") for name in names):
        return None
    import openai

    return openai.DefaultAioHttpClient(
        timeout=openai.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    )


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
    import openai

    # By name: the OpenAI client has moved from httpx to httpx2, other providers have not,
    # and both name these errors alike. Mid-stream they come through unwrapped.
    names = {base.__name__ for base in type(error).__mro__}
    if isinstance(error, openai.APITimeoutError | TimeoutError) or "TimeoutException" in names:
        return ModelTimeoutError, "did not answer in time"
    if isinstance(error, openai.APIStatusError):
        status = error.status_code
        if status == 429:
            return ModelBusyError, "is over its rate limit (status 429)"
        if status in (401, 403):
            return ModelRejectedError, f"refused the service's credentials (status {status})"
        if status < 500:
            return ModelRejectedError, f"refused the request (status {status})"
        return ModelFailedError, f"failed (status {status})"
    if isinstance(error, openai.APIConnectionError) or "ConnectError" in names:
        return ModelFailedError, _UNREACHABLE
    if "TransportError" in names:
        return ModelFailedError, "broke off the connection"
    return ModelFailedError, "failed"
