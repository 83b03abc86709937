"""A provider behind one of LangChain's integration packages."""

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel

from rag_stream import catalog
from rag_stream.errors import SettingsError
from rag_stream.models.finish_reasons import finish_reason_of
from rag_stream.models.langchain.connections import Close, offer_connections, own_connections
from rag_stream.models.langchain.embeddings import SplitEmbeddings
from rag_stream.models.langchain.failures import outcome_of_any
from rag_stream.models.langchain.ollama import ollama_obstacle, ollama_url
from rag_stream.models.parameters import CHAT_KWARGS, EMBEDDINGS_KWARGS, Parameters, made
from rag_stream.models.provider import Provider
from rag_stream.models.wire import Wire
from rag_stream.settings import Settings

if TYPE_CHECKING:
    from rag_stream.models.local.embeddings import LocalEmbeddings

# LangChain's own `langchain` is imported when a model is made: it takes a second.
_FACTORIES = "langchain"
_OLLAMA = "ollama"


class LangChainProvider(Provider):
    """Its models are made by `init_chat_model` and `init_embeddings`.

    Ready means for most: the package is there and the variables are set, since every other
    question costs money. Ollama is asked whether it has the models.
    """

    def __init__(self, name: str, settings: Settings, *, has_pools: bool = True) -> None:
        super().__init__(settings)
        self.name = name
        self._known = catalog.INTEGRATIONS[name]
        self._has_pools = has_pools
        self._closing: list[Close] = []
        self.wire = Wire(
            reports_finish=self._known.reports_finish,
            adds_usage=True,
            finish_reason=finish_reason_of,
            outcome_of=outcome_of_any,
        )

    @property
    def is_sure(self) -> bool:
        return False  # each class has conditions of its own

    def require(self, variable: str, because: str | None = None) -> None:
        package = self._known.package
        if find_spec(package) is None or find_spec(_FACTORIES) is None:
            raise SettingsError(
                f"{because or variable}: the provider {self.name!r} needs the package "
                f"{package.replace('_', '-')}: pip install 'rag-stream[{self._known.extra}]'"
            )
        given = self._given(variable)
        if missing := self.settings.of_providers.missing(self.name, given):
            names = ", ".join(" or ".join(group) for group in missing)
            raise SettingsError(
                f"{names}: expected a value, because "
                f"{because or f'{variable} names a model of {self.name!r}'}, got none"
            )

    def chat(self, model: str, local: "LocalEmbeddings | None" = None) -> BaseChatModel:
        from langchain.chat_models import init_chat_model

        kind = _imported(self._known.chat)
        parameters = self._parameters(kind, CHAT_KWARGS, self.settings.model_kwargs)
        parameters.offer_sampling(self.settings)
        # Asked again by the chain, which knows whether a token has come (`retry.py`).
        parameters.offer(self._known.no_retries, "max_retries")
        parameters.offer(True, "stream_usage")
        parameters.offer(None, "stream_chunk_timeout")  # see `openai/provider.py`
        make = partial(init_chat_model, model, model_provider=self.name, **parameters.values)
        made_model: BaseChatModel = made(make, f"{self.name}:{model}", CHAT_KWARGS)
        self._keep(made_model)
        return made_model

    def embeddings(self, model: str) -> Embeddings:
        from langchain.embeddings import init_embeddings

        kind = _imported(self._known.embeddings or "")
        given = self.settings.embeddings_kwargs

        def one(*, retries: bool) -> Embeddings:
            parameters = self._parameters(kind, EMBEDDINGS_KWARGS, given)
            # As for OpenAI's: the length check would fetch a vocabulary from the network.
            parameters.offer(False, "check_embedding_ctx_length")
            if not retries:
                parameters.offer(self._known.no_retries, "max_retries")
            make = partial(init_embeddings, model, provider=self.name, **parameters.values)
            made_model: Embeddings = made(make, f"{self.name}:{model}", EMBEDDINGS_KWARGS)
            self._keep(made_model)
            return made_model

        patient = one(retries=True)
        if not hasattr(patient, "max_retries"):
            return patient
        return SplitEmbeddings(questions=one(retries=False), texts=patient)

    async def obstacles(self, chat: str | None, embeddings: str | None) -> list[str]:
        if self.name != _OLLAMA:
            return []
        settings, reasons = self.settings, []
        for model, given in (
            (chat, settings.model_kwargs),
            (embeddings, settings.embeddings_kwargs),
        ):
            if model is not None:
                reasons.append(await ollama_obstacle(model, self._ollamas_url, given))
        return list(dict.fromkeys(reason for reason in reasons if reason))

    async def aclose(self) -> None:
        while self._closing:
            await self._closing.pop()()

    def _given(self, variable: str) -> Mapping[str, Any]:
        is_chat = variable == "RAG_CHAT_MODEL"
        return self.settings.model_kwargs if is_chat else self.settings.embeddings_kwargs

    def _parameters(self, kind: type[Any], variable: str, given: Mapping[str, Any]) -> Parameters:
        """What the user gave, over the provider's variables and connections of our own."""
        parameters = Parameters(kind, variable, given)
        for name in reversed(catalog.variables(self.name)):  # of a group the first one counts
            if value := self.settings.of_providers.get(name):
                parameters.offer(value, *catalog.keywords(name))
        if self.name == _OLLAMA:
            parameters.offer(self._ollamas_url, "base_url")
        self._closing += offer_connections(
            parameters, kind, self.settings, has_pools=self._has_pools
        )
        return parameters

    def _keep(self, model: Any) -> None:
        self._closing += own_connections(model, self.settings, has_pools=self._has_pools)

    @property
    def _ollamas_url(self) -> str:
        return ollama_url(self.settings.of_providers.get("OLLAMA_HOST"))


def _imported(path: str) -> type[Any]:
    module, _, name = path.rpartition(".")
    try:
        kind: type[Any] = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise SettingsError(f"the package {module!r} has no {name!r} to import") from error
    return kind
