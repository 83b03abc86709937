"""The table of providers: who makes the model that a setting names."""

from collections.abc import Callable

from rag_stream import catalog
from rag_stream.models.provider import Provider
from rag_stream.settings import Settings

# Each provider's module is imported when the provider is used: a process pays for no other.


def _openai(settings: Settings, has_pool: bool) -> Provider:
    from rag_stream.models.openai.provider import OpenAIProvider

    return OpenAIProvider(settings, has_pool=has_pool)


def _local(settings: Settings, has_pool: bool) -> Provider:
    from rag_stream.models.local.provider import LocalProvider

    return LocalProvider(settings)


_OURS: dict[str, Callable[[Settings, bool], Provider]] = {
    catalog.OPENAI: _openai,
    catalog.LOCAL: _local,
}


class Providers:
    """The providers that one configuration uses, each once; belongs to one event loop."""

    def __init__(self, settings: Settings, *, has_pools: bool = True) -> None:
        """Without pools the providers' own connections are used, which nobody closes."""
        self._settings = settings
        self._has_pools = has_pools
        self._used: dict[str, Provider] = {}

    def of(self, model: str) -> tuple[Provider, str]:
        """The provider of `provider:name`, and the name."""
        name, bare = catalog.split(model)
        if name not in self._used:
            self._used[name] = self._made(name)
        return self._used[name], bare

    def _made(self, name: str) -> Provider:
        if name in _OURS:
            return _OURS[name](self._settings, self._has_pools)
        from rag_stream.models.langchain.provider import LangChainProvider

        return LangChainProvider(name, self._settings, has_pools=self._has_pools)

    async def obstacles(self, chat: str, embeddings: str | None) -> list[str]:
        """Why these models cannot be used now, in words; empty when they can."""
        wanted: dict[str, dict[str, str]] = {}
        for kind, model in (("chat", chat), ("embeddings", embeddings)):
            if model is not None:
                name, bare = catalog.split(model)
                wanted.setdefault(name, {})[kind] = bare
        return [
            reason
            for name, models in wanted.items()
            if name in self._used
            for reason in await self._used[name].obstacles(
                models.get("chat"), models.get("embeddings")
            )
        ]

    async def aclose(self) -> None:
        """Close the connections of all."""
        for provider in self._used.values():
            await provider.aclose()
