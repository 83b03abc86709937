"""The embedding model that belongs to an index: the one that is set, or the one that made it."""

from rag_stream import catalog
from rag_stream.errors import EmbeddingMismatchError, SettingsError
from rag_stream.index.generation import REBUILD_COMMAND
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.models.factory import Embedder, build_embedder
from rag_stream.models.new_index import choose
from rag_stream.models.providers import Providers
from rag_stream.setting_values import is_model
from rag_stream.settings import LOCAL_EMBEDDING_MODELS, Settings


class Embedders:
    """Gives the embedding model of an index; each is made once. Belongs to one event loop.

    Where RAG_EMBEDDINGS is set it is that one, and an index of another is refused. With `auto` it
    is the one that the index records.
    """

    def __init__(self, settings: Settings, providers: Providers) -> None:
        """Raises SettingsError."""
        self._settings = settings
        self._providers = providers
        self._made: dict[str, Embedder] = {}
        self._only: Embedder | None = None
        if settings.embeddings != "auto":
            self._only = build_embedder(settings, providers, settings.embeddings)

    def use(self, embedder: Embedder) -> None:
        """Have this model be used in the place of the one that is set."""
        self._only = embedder

    @property
    def follows(self) -> bool:
        """Whether an index may have another model than the one before it."""
        return self._only is None

    async def check(self) -> None:
        """Raise SettingsError for settings that do not suit the model that is set."""
        if self._only is not None:
            await self._only.check()

    def of(self, snapshot: IndexSnapshot) -> Embedder:
        """The model that questions and chunks of this index are embedded with.

        Raises EmbeddingMismatchError where it is another than the one that is set, or cannot be
        had with these settings.
        """
        if self._only is not None:
            snapshot.require(self._only.fingerprint)
            return self._only
        embedder = self._recorded(snapshot)
        if embedder.fingerprint != snapshot.embedding_model:
            raise EmbeddingMismatchError(
                f"the index {snapshot.collection.name!r} was built with the embedding model "
                f"{snapshot.embedding_model!r}, but here it is {embedder.fingerprint!r}: embed "
                f"everything anew with `{REBUILD_COMMAND}`"
            )
        return embedder

    def again(self, snapshot: IndexSnapshot) -> Embedder:
        """The model to make this index anew with: as it is here now, in whatever version.

        Raises EmbeddingMismatchError where it cannot be had and no other is set.
        """
        return self._only or self._recorded(snapshot)

    def new(self, model: str | None = None) -> Embedder:
        """The model of an index that is to be made: the one that is set, else `model`."""
        return self._only or self._called(model or choose(self._settings).model)

    def likely(self, seen: IndexSnapshot | None) -> Embedder | None:
        """The model of the index, which was last seen so: by now it may be another.

        None where only a look at the index tells.
        """
        if self._only is not None:
            return self._only
        if seen is None or seen.generation == 0:
            return None
        try:
            return self.of(seen)
        except EmbeddingMismatchError:  # perhaps it has been mended since
            return None

    def likely_or_new(self, seen: IndexSnapshot | None) -> Embedder:
        """The same; where that does not tell, the model of an index that is to be made."""
        return self.likely(seen) or self.new()

    def _recorded(self, snapshot: IndexSnapshot) -> Embedder:
        name, model = snapshot.collection.name, catalog.model_of(snapshot.embedding_model)
        made = f"the index {name!r} was built with the embedding model {model!r}"
        other = f"`RAG_EMBEDDINGS={choose(self._settings).model} {REBUILD_COMMAND}`"
        if not model:
            raise EmbeddingMismatchError(
                f"the index {name!r} does not say which embedding model it was built with, so "
                "it is none of ours: name another one in RAG_COLLECTION, or replace it by a new "
                f"one with {other}"
            )
        if not is_model(model, LOCAL_EMBEDDING_MODELS, catalog.EMBEDDING_PROVIDERS):
            raise EmbeddingMismatchError(
                f"{made}, which is not known here: embed everything anew with {other}"
            )
        try:
            return self._called(model, made)
        except SettingsError as error:
            raise EmbeddingMismatchError(
                f"{error}; or embed everything anew with {other}"
            ) from error

    def _called(self, model: str, because: str | None = None) -> Embedder:
        if model not in self._made:
            made = build_embedder(self._settings, self._providers, model, because)
            self._made[model] = made
        return self._made[model]
