"""What every provider of models has to know."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel

from rag_stream.models.wire import PLAIN, Wire
from rag_stream.settings import Settings

if TYPE_CHECKING:
    from rag_stream.models.local.embeddings import LocalEmbeddings


class Provider(ABC):
    """One provider, as one configuration uses it; its connections belong to one event loop."""

    name: str
    wire: Wire = PLAIN
    local: "LocalEmbeddings | None" = None
    """What it runs in this process for an answerer that compares texts, whatever the index has."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @property
    def is_sure(self) -> bool:
        """Whether `require` finds all that may be wrong: else only making the model does."""
        return True

    @abstractmethod
    def require(self, variable: str, because: str | None = None) -> None:
        """Raise SettingsError where a key or a package is missing; imports nothing.

        `variable`: the one whose value names this provider. `because`: what else has named it.
        """

    @abstractmethod
    def chat(self, model: str, local: "LocalEmbeddings | None" = None) -> BaseChatModel:
        """The chat model of that name; importing its class may take a second.

        `local`: what an answerer that compares texts compares them with. Raises SettingsError.
        """

    @abstractmethod
    def embeddings(self, model: str) -> Embeddings:
        """The same of an embedding model."""

    def local_of(self, model: str) -> "LocalEmbeddings | None":
        """What runs in this process for the embedding model of that name: to be loaded first."""
        return None

    def fingerprint(self, model: str) -> str:
        """What an index records of the embedding model that made it."""
        return f"{self.name}:{model}"

    async def obstacles(self, chat: str | None, embeddings: str | None) -> list[str]:
        """Why these models of it cannot be used now, in words; asks nothing that costs money.

        None: the chat model, or the embedding model, is another provider's.
        """
        return []

    async def aclose(self) -> None:  # noqa: B027 - most have nothing to close
        """Close the connections."""
