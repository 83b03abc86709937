"""The connections of other providers' clients: their timeouts, and who closes them.

LangChain's packages either share one pool between all event loops of a process, which breaks
the second one, or leave it open. Where a client can be given connections, it gets some of its
own; of the others only the class's own timeout is set.
"""

import math
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from rag_stream.models.openai.access import timeouts
from rag_stream.models.parameters import Parameters
from rag_stream.settings import Settings

if TYPE_CHECKING:
    import httpx

# Imports of httpx2, httpx and anthropic stand inside the functions: a process pays only for
# the provider it uses.

Close = Callable[[], Awaitable[Any]]
_ANTHROPIC = "ChatAnthropic"
_OPENAI_BASES = {"BaseChatOpenAI", "OpenAIEmbeddings"}


def offer_connections(
    parameters: Parameters, kind: type[Any], settings: Settings, *, has_pools: bool
) -> list[Close]:
    """Parameters for a class's connections; returns what closes them."""
    if "async_client_kwargs" in parameters.names:  # Ollama
        ours = {"timeout": _ollamas_timeout(settings)}
        given = parameters.values
        both = (parameters.object_of("client_kwargs"), parameters.object_of("async_client_kwargs"))
        given["async_client_kwargs"] = {**ours, **both[0], **both[1]}
        return []
    if _OPENAI_BASES & {base.__name__ for base in kind.__mro__}:
        parameters.offer(timeouts(settings), "timeout", "request_timeout")
        parameters.offer((), "http_socket_options")
        if not has_pools:
            return []
        import httpx2

        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=100)
        http = httpx2.AsyncClient(timeout=timeouts(settings), limits=limits, follow_redirects=True)
        parameters.offer(http, "http_async_client")
        return [http.aclose]
    if kind.__name__ == _ANTHROPIC:  # see `own_connections`
        return []
    # Of some clients it is the time for the whole request: no less than an answer may take,
    # and whole, because some count in whole seconds.
    parameters.offer(math.ceil(settings.answer_timeout_s), "timeout", "request_timeout")
    return []


def own_connections(model: Any, settings: Settings, *, has_pools: bool) -> list[Close]:
    """Give a model that has been made connections of its own; returns what closes them."""
    if not has_pools:
        return []
    name = type(model).__name__
    if name == _ANTHROPIC:
        return [_anthropics(model, settings)]
    if name in ("ChatOllama", "OllamaEmbeddings"):
        return [model._async_client.close]
    return []


def _anthropics(model: Any, settings: Settings) -> Close:
    import anthropic

    limit = model.default_request_timeout or timeouts(settings)  # what the user gave stays
    proxy = {"proxy": model.anthropic_proxy} if model.anthropic_proxy else {}
    http = anthropic.DefaultAsyncHttpxClient(timeout=limit, **proxy)
    asked = {**model._client_params, "timeout": limit, "http_client": http}
    # LangChain keeps it here, made at its first use: one for all event loops.
    model.__dict__["_async_client"] = anthropic.AsyncAnthropic(**asked)
    return http.aclose


def _ollamas_timeout(settings: Settings) -> "httpx.Timeout":
    import httpx

    longest = timeouts(settings).read
    return httpx.Timeout(longest, connect=settings.connect_timeout_s)
