"""The models that run in this process: they need no key, and take no parameters."""

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel

from rag_stream import catalog
from rag_stream.models.local.embeddings import MiniLMEmbeddings
from rag_stream.models.local.extractive import ExtractiveChatModel
from rag_stream.models.provider import Provider
from rag_stream.settings import Settings


class LocalProvider(Provider):
    """The answerer that quotes, and the embedding model it shares with the index.

    RAG_TEMPERATURE, RAG_MAX_TOKENS and the kwargs are for models that generate: here they are
    ignored.
    """

    name = catalog.LOCAL

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.local: MiniLMEmbeddings = MiniLMEmbeddings(cache=settings.model_cache)

    def require(self, variable: str, because: str | None = None) -> None:
        """Nothing is needed; weights are fetched when they are loaded."""

    def chat(self, model: str, local: MiniLMEmbeddings | None = None) -> BaseChatModel:
        return ExtractiveChatModel(embedder=local or self.local)

    def embeddings(self, model: str) -> Embeddings:
        return self.local

    def local_of(self, model: str) -> MiniLMEmbeddings:
        return self.local

    def fingerprint(self, model: str) -> str:
        return self.local.fingerprint
