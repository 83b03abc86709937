"""The chat model beside the embedding model of an index."""

from rag_stream.models.factory import ChatModel, Embedder, build_chat_model
from rag_stream.models.providers import Providers
from rag_stream.settings import Settings


class ChatModels:
    """Gives the chat model that the settings name; each is made once.

    It is one for all indexes, unless it compares texts in this process: then it shares the local
    model of the index, so that one is in memory and not two.
    """

    def __init__(self, settings: Settings, providers: Providers) -> None:
        """Raises SettingsError."""
        self._settings = settings
        self._providers = providers
        self._alone = build_chat_model(settings, None, providers)
        self._beside: dict[str, ChatModel] = {}

    def use(self, model: ChatModel) -> None:
        """Have this model answer in the place of the one that is set."""
        self._alone = model

    def beside(self, embedder: Embedder | None) -> ChatModel:
        """The chat model for an index of this embedding model; None: of one not known yet."""
        if self._alone.local is None or embedder is None or embedder.local is None:
            return self._alone
        model = self._beside.get(embedder.fingerprint)
        if model is None:
            model = build_chat_model(self._settings, embedder, self._providers)
            self._beside[embedder.fingerprint] = model
        return model
