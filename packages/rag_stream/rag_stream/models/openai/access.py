"""The way to the server that speaks OpenAI's API: its address, key and connections."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag_stream.errors import SettingsError
from rag_stream.http.proxies import proxy_of
from rag_stream.settings import Settings

if TYPE_CHECKING:
    from httpx2 import AsyncClient, Timeout
    from langchain_openai import ChatOpenAI, OpenAIEmbeddings

OPENAI_URL = "https://api.openai.com/v1"
READ_TIMEOUT_S = 120.0
"""Silence after which a connection is given up, whoever asked: an answer's own limits come
before it (see `pipeline/deadlines.py`), an ingest has no others."""


def openai_pool(settings: Settings) -> "AsyncClient":
    """A connection pool for the OpenAI client.

    Our own, because LangChain's is shared by all event loops of a process, which breaks
    the second one, and is never closed. As the OpenAI client's default is made, but
    without importing it: readiness asks through the pool before a question does.
    """
    import httpx2

    timeout = timeouts(settings)
    is_proxied = proxy_of(settings.openai_base_url or OPENAI_URL) is not None
    if is_proxied or settings.openai_transport == "client":
        # The client's own: it knows its way with proxies, and with servers that ours does not
        # suit. No limits: they are for the caller to set.
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=100)
        return httpx2.AsyncClient(timeout=timeout, limits=limits, follow_redirects=True)
    from rag_stream.models.openai.transport import PooledClient

    return PooledClient(timeout)


def is_somebody_elses(url: str | None) -> bool:
    """Whether a server that only speaks OpenAI's API is meant."""
    host = urlsplit(url or OPENAI_URL).hostname or ""
    return not host.endswith(("openai.com", "azure.com"))


def timeouts(settings: Settings) -> "Timeout":
    """How long a connection may take to be made, and may then be silent."""
    import httpx2

    longest = max(READ_TIMEOUT_S, settings.first_token_timeout_s, settings.token_timeout_s)
    return httpx2.Timeout(longest, connect=settings.connect_timeout_s)


def chat_class(settings: Settings) -> "type[ChatOpenAI]":
    """The chat model that RAG_OPENAI_TRANSPORT asks for; takes a second to import."""
    if settings.openai_transport == "client":
        from langchain_openai import ChatOpenAI

        return ChatOpenAI
    from rag_stream.models.openai.chat import StreamingChatOpenAI

    return StreamingChatOpenAI


def embeddings_class(settings: Settings) -> "type[OpenAIEmbeddings]":
    """The same for the embedding model."""
    if settings.openai_transport == "client":
        from rag_stream.models.openai.client_embeddings import ClientOpenAIEmbeddings

        return ClientOpenAIEmbeddings
    from rag_stream.models.openai.embeddings import QuestionOpenAIEmbeddings

    return QuestionOpenAIEmbeddings


def openai_access(settings: Settings, because: str | None = None) -> dict[str, Any]:
    """Key and address for an OpenAI client. Raises SettingsError where the key is missing.

    `because`: what asks for OpenAI, where that is no setting.
    """
    if settings.openai_api_key is None and settings.openai_base_url is None:
        because = because or "RAG_CHAT_MODEL or RAG_EMBEDDINGS names an OpenAI model"
        raise SettingsError(
            f"OPENAI_API_KEY: expected a key, because {because}, got none "
            "(a server that needs no key is named by OPENAI_BASE_URL)"
        )
    key = settings.openai_api_key
    return {
        # The client insists on some key; servers that need none ignore it.
        "api_key": key.get_secret_value() if key else "none",
        "base_url": settings.openai_base_url,
        # LangChain tells the client None where it is told nothing, and that means no timeout
        # at all, whatever the pool has.
        "timeout": timeouts(settings),
    }
