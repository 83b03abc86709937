"""OpenAI, and servers that speak its API."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel

from rag_stream import catalog
from rag_stream.models.finish_reasons import finish_reason_of
from rag_stream.models.openai.access import (
    OPENAI_URL,
    chat_class,
    embeddings_class,
    is_somebody_elses,
    openai_access,
    openai_pool,
)
from rag_stream.models.parameters import CHAT_KWARGS, EMBEDDINGS_KWARGS, Parameters, made
from rag_stream.models.provider import Provider
from rag_stream.models.wire import Wire, finish_reason_as_it_is
from rag_stream.settings import Settings

if TYPE_CHECKING:
    from httpx2 import AsyncClient

    from rag_stream.models.local.embeddings import LocalEmbeddings

# langchain_openai is imported by what gives the classes: it takes 1.2 s, and the service is
# ready before.

_READINESS_TIMEOUT_S = 5.0


def finish_reason(metadata: Mapping[str, Any]) -> str | None:
    """As the server says it; the Responses API has other fields for it."""
    return finish_reason_as_it_is(metadata) or finish_reason_of(metadata)


class OpenAIProvider(Provider):
    """The models of one server, over connections of our own where there are any."""

    name = catalog.OPENAI

    def __init__(self, settings: Settings, *, has_pool: bool = True) -> None:
        super().__init__(settings)
        is_direct = settings.openai_transport == "direct"
        self.wire = Wire(reports_finish=True, has_short_way=is_direct, finish_reason=finish_reason)
        self._http: AsyncClient | None = openai_pool(settings) if has_pool else None

    @property
    def is_sure(self) -> bool:
        return not (self.settings.model_kwargs or self.settings.embeddings_kwargs)

    def require(self, variable: str, because: str | None = None) -> None:
        openai_access(self.settings, because)

    def chat(self, model: str, local: "LocalEmbeddings | None" = None) -> BaseChatModel:
        settings = self.settings
        kind = chat_class(settings)
        parameters = Parameters(kind, CHAT_KWARGS, settings.model_kwargs)
        parameters.offer_sampling(settings)
        # LangChain says max_completion_tokens only, which Ollama, for one, does not know. A gateway
        # that refuses both together is given that one, by RAG_MODEL_KWARGS.
        is_one_word = "max_completion_tokens" in settings.model_kwargs
        is_other = is_somebody_elses(settings.openai_base_url) and not is_one_word
        if settings.max_tokens is not None and is_other:
            parameters.add_to("extra_body", {"max_tokens": parameters.values["max_tokens"]})
        for name, value in {
            "stream_usage": True,
            # Asked again by the chain, which knows whether a token has come (`retry.py`).
            "max_retries": 0,
            # LangChain times each chunk with asyncio.wait_for, which before Python 3.12
            # can lose a cancellation: the answer then goes on for nobody. See
            # `pipeline/deadlines.py`.
            "stream_chunk_timeout": None,
            "http_async_client": self._http,
            # For pools of LangChain's own, unused here; with any it warns of proxies it hides.
            "http_socket_options": (),
            **openai_access(settings),
        }.items():
            parameters.offer(value, name)
        return made(
            lambda: kind(model=model, **parameters.values),
            f"{self.name}:{model}",
            CHAT_KWARGS,
        )

    def embeddings(self, model: str) -> Embeddings:
        settings = self.settings
        kind = embeddings_class(settings)
        given = settings.embeddings_kwargs
        parameters = Parameters(kind, EMBEDDINGS_KWARGS, given)
        for name, value in {
            # The length check would fetch a vocabulary from the network; chunks are far below
            # the limit, and servers other than OpenAI's want text, not token numbers.
            "check_embedding_ctx_length": False,
            "http_async_client": self._http,
            **openai_access(settings),
        }.items():
            parameters.offer(value, name)
        return made(
            lambda: kind(model=model, **parameters.values),
            f"{self.name}:{model}",
            EMBEDDINGS_KWARGS,
        )

    async def obstacles(self, chat: str | None, embeddings: str | None) -> list[str]:
        reason = await self._obstacle()
        return [reason] if reason else []

    async def _obstacle(self) -> str | None:
        """Asks for the list of models, which costs nothing."""
        if self._http is None:
            return None
        # Not through OpenAI's own client: importing it takes a second, and the service shall
        # be ready before. Here, because only a service asks.
        import httpx2

        access = openai_access(self.settings)
        try:
            async with self._http.stream(  # the list itself is not read: it may be long
                "GET",
                f"{(access['base_url'] or OPENAI_URL).rstrip('/')}/models",
                headers={"authorization": f"Bearer {access['api_key']}"},
                timeout=_READINESS_TIMEOUT_S,
            ) as answer:
                pass
        except httpx2.HTTPError:
            return "the OpenAI-compatible server does not answer (OPENAI_BASE_URL)"
        if answer.status_code in (401, 403):
            return "the OpenAI-compatible server refused the key (OPENAI_API_KEY)"
        if answer.status_code >= 500:
            return f"the OpenAI-compatible server failed (status {answer.status_code})"
        if answer.is_error:
            # A server without a list of models answers 404, and that is an answer.
            return None
        if "json" not in answer.headers.get("content-type", ""):
            return "what answers is no OpenAI-compatible server (OPENAI_BASE_URL)"
        return None

    async def aclose(self) -> None:
        if self._http is not None:
            await self._http.aclose()
