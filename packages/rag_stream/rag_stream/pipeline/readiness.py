"""Whether questions can be answered, and refused where they have to be; in words where not."""

from rag_stream.calibration.record import Calibration
from rag_stream.errors import EmbeddingMismatchError, IndexEmptyError, IndexUnavailableError
from rag_stream.index.reader import IndexReader
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.models.chat_models import ChatModels
from rag_stream.models.embedders import Embedders
from rag_stream.models.factory import Embedder
from rag_stream.models.providers import Providers
from rag_stream.models.readiness import Readiness as ModelReadiness
from rag_stream.pipeline.abstention import complaint
from rag_stream.pipeline.obstacles import MODEL_AWAY, Obstacle, index_obstacles
from rag_stream.settings import Settings


class Readiness:
    """Of one index and the models that go with it."""

    def __init__(
        self,
        index: IndexReader,
        embedders: Embedders,
        chat_models: ChatModels,
        providers: Providers,
        settings: Settings,
    ) -> None:
        self._index = index
        self._embedders = embedders
        self._chat_models = chat_models
        self._models = ModelReadiness(providers)
        self._settings = settings

    async def check(self) -> None:
        """Raise EmbeddingMismatchError where the index's embedding model is not the one to be had.

        And SettingsError for settings that do not suit the models. An index that is empty or
        does not answer is no reason: that may pass.
        """
        await self._embedders.check()
        await self._chat_models.beside(self._likely()).check()
        snapshot = await self._index.find()
        if snapshot is None:
            return
        try:
            embedder = self._embedders.of(snapshot)
        except EmbeddingMismatchError:
            if await self.is_open(snapshot):
                return
            raise
        await embedder.check()

    async def is_open(self, snapshot: IndexSnapshot) -> bool:
        """Whether the index may be begun with another model: it holds nothing, and none is set.

        A collection that no ingest made is somebody else's, whatever it holds.
        """
        if not self._embedders.follows or not snapshot.embedding_model:
            return False
        return snapshot.generation == 0 or await self._index.count(snapshot) == 0

    async def obstacles(self) -> list[Obstacle]:
        """Why a question cannot be answered now; empty when it can."""
        within_s = self._settings.retrieval_timeout_s
        found, embedder = await index_obstacles(self._index, self._embedders, within_s)
        if any(obstacle.code == IndexEmptyError.code for obstacle in found):
            embedder = self._likely()  # of one that is to be made
        model = self._chat_models.beside(embedder)
        away = await self._models.obstacles(embedder, model)
        return found + [Obstacle(MODEL_AWAY, words) for words in away]

    async def without_abstention(self, *, only_for_good: bool = False) -> str | None:
        """Why questions that the index does not answer may not be refused, in words.

        `only_for_good`: not where the next ingest mends it. None where all is well, or the
        settings ask for no more.
        """
        if self._settings.abstain_below != "auto":
            return None
        try:
            snapshot = self._index.recent() or await self._index.find()
        except IndexUnavailableError:
            return None  # an obstacle, and told as one
        if snapshot is None or snapshot.generation == 0:
            return None
        calibration = Calibration.of(snapshot.collection.metadata)
        if only_for_good and calibration is None:
            return None
        return complaint(calibration, snapshot.embedding_model)

    def _likely(self) -> Embedder:
        return self._embedders.likely_or_new(self._index.seen)
