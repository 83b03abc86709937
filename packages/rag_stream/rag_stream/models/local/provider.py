"""The models that run in this process: they need no key, and take no parameters."""

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel

from rag_stream import catalog
from rag_stream.models.local.embeddings import LocalEmbeddings
from rag_stream.models.local.extractive import ExtractiveChatModel
from rag_stream.models.local.local_models import LOCAL_MODELS
from rag_stream.models.provider import Provider
from rag_stream.settings import LOCAL_MULTILINGUAL, Settings


class LocalProvider(Provider):
    """The answerer that quotes, and embedding models; it shares that of the index.

    RAG_TEMPERATURE, RAG_MAX_TOKENS and the kwargs are for models that generate: here they are
    ignored.
    """

    name = catalog.LOCAL

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._models: dict[str, LocalEmbeddings] = {}
        # The answerer compares sentences with a local model, whatever embeds the index.
        name = settings.embeddings_name
        self.local: LocalEmbeddings = self._named(
            name if name in LOCAL_MODELS else LOCAL_MULTILINGUAL
        )

    def require(self, variable: str, because: str | None = None) -> None:
        """Nothing is needed; weights are fetched when they are loaded."""

    def chat(self, model: str, local: LocalEmbeddings | None = None) -> BaseChatModel:
        return ExtractiveChatModel(embedder=local or self.local)

    def embeddings(self, model: str) -> Embeddings:
        return self.local_of(model)

    def local_of(self, model: str) -> LocalEmbeddings:
        return self._named(f"{self.name}:{model}")

    def fingerprint(self, model: str) -> str:
        return LOCAL_MODELS[f"{self.name}:{model}"].fingerprint

    def _named(self, name: str) -> LocalEmbeddings:
        if name not in self._models:
            self._models[name] = LocalEmbeddings(LOCAL_MODELS[name], self.settings.model_cache)
        return self._models[name]
