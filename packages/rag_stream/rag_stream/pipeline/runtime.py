"""What answering needs, opened on first use in one event loop and closed with it."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial

from rag_stream.calibration.kept_loads import WAIT_S, Kept
from rag_stream.calibration.language import language_of
from rag_stream.calibration.record import Calibration
from rag_stream.conversation import Turn
from rag_stream.errors import (
    EmbeddingMismatchError,
    IndexEmptyError,
    IndexMovedError,
    IndexUnavailableError,
    RagError,
)
from rag_stream.filters import Filter
from rag_stream.index.documents import DocumentList
from rag_stream.index.folder import lexical_folder
from rag_stream.index.reader import IndexReader
from rag_stream.index.snapshot import IndexSnapshot
from rag_stream.lexical.search import LexicalSearch
from rag_stream.models.chat_models import ChatModels
from rag_stream.models.embedders import Embedders
from rag_stream.models.factory import ChatModel, Embedder
from rag_stream.models.providers import Providers
from rag_stream.models.readiness import Readiness
from rag_stream.models.rerank.client import build_reranker
from rag_stream.pipeline.abstention import best_likeness, complaint, judge
from rag_stream.pipeline.deadlines import Limits
from rag_stream.pipeline.follow_ups import judge_follow_up
from rag_stream.pipeline.naming import naming
from rag_stream.pipeline.prompt import Prompt, read_prompt
from rag_stream.pipeline.reply_language import AUTO
from rag_stream.retrieval.retriever import Retrieved, Retriever
from rag_stream.schema import Relevance
from rag_stream.settings import Settings


class Runtime:
    """The index, the models, the retriever and the prompt of one configuration.

    Connections belong to the event loop that made them, so every loop has a Runtime of
    its own; `aclose` must run in that loop.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._providers = Providers(settings)
        self.index = IndexReader(settings)
        self.documents = DocumentList(self.index)
        self.kept = Kept(self.index, wait_s=min(WAIT_S, settings.retrieval_timeout_s))
        self.embedders = Embedders(settings, self._providers)
        self.chat_models = ChatModels(settings, self._providers)
        # The reference profile's prompt is the how-to's.
        language = None if settings.profile == "reference" else settings.language
        self.prompt = Prompt(settings.citations, read_prompt(settings.prompt_file), language)
        self._readiness = Readiness(self._providers)
        self.lexical = LexicalSearch(self.index, lexical_folder(settings.chroma_path))
        self.reranker = build_reranker(settings)
        self.retriever = Retriever(
            self.index, self.lexical, self.embedders, self.reranker, settings, self.kept
        )
        self.limits = Limits(
            settings.first_token_timeout_s, settings.token_timeout_s, settings.answer_timeout_s
        )

    @property
    def embedder(self) -> Embedder:
        """The embedding model of the index as it was seen last; of a new one, where none was."""
        return self.embedders.likely(self.index.seen) or self.embedders.new()

    @property
    def model(self) -> ChatModel:
        """The chat model beside that."""
        return self.chat_models.beside(self.embedder)

    def model_for(self, found: Retrieved) -> ChatModel:
        """The chat model for what was found, in the index that it was found in."""
        return self.chat_models.beside(self.embedders.of(found.snapshot))

    @property
    def rewords(self) -> bool:
        """Whether there is a language model to ask for other words, and it may be asked."""
        return self.settings.reword and self.model.local is None

    async def load(self) -> None:
        """Import what answering needs, so that the first question need not wait for it."""
        await self.retriever.load()
        await self.model.load()
        if AUTO in (self.settings.abstain_below, self.settings.language):
            await asyncio.to_thread(language_of, "")  # reads the everyday questions

    async def catch_up(self) -> None:
        """Make the index by words ready, where questions use it and there is something in it.

        Raises IndexUnavailableError.
        """
        if self.settings.search_type != "dense":
            snapshot = await self.index.find()
            if snapshot is not None and snapshot.generation > 0:
                await self.lexical.catch_up(snapshot)

    async def load_everyday(self) -> None:
        """Read what the everyday questions are to the model of the index, where that is known.

        Only who answers questions needs it. Raises IndexUnavailableError.
        """
        if self.settings.abstain_below != "auto":
            return
        snapshot = self.index.recent() or await self.index.find()
        metadata = {} if snapshot is None else snapshot.collection.metadata
        if "dimension" in metadata and (known := Calibration.of(metadata)):
            await self.kept.load(known.model, int(metadata["dimension"]))

    async def check(self) -> None:
        """Raise EmbeddingMismatchError where the index's embedding model is not the one to be had.

        And SettingsError for settings that do not suit the models. An index that is empty or
        does not answer is no reason: that may pass.
        """
        await self.embedders.check()
        await self.model.check()
        snapshot = await self.index.find()
        if snapshot is None:
            return
        try:
            embedder = self.embedders.of(snapshot)
        except EmbeddingMismatchError:
            if await self.is_open(snapshot):
                return
            raise
        await embedder.check()

    async def is_open(self, snapshot: IndexSnapshot) -> bool:
        """Whether the index may be begun with another model: it holds nothing, and none is set.

        A collection that no ingest made is somebody else's, whatever it holds.
        """
        if not self.embedders.follows or not snapshot.embedding_model:
            return False
        return snapshot.generation == 0 or await self.index.count(snapshot) == 0

    async def obstacles(self) -> list[str]:
        """Why a question cannot be answered now, in words; empty when it can."""
        reasons, embedder = [], self.embedders.likely(self.index.seen)
        within_s = self.settings.retrieval_timeout_s
        try:
            async with asyncio.timeout(within_s):
                snapshot = await self.index.snapshot()
                if await self.index.count(snapshot) == 0:
                    raise self.index.empty()
                embedder = self.embedders.of(snapshot)
        except IndexEmptyError as error:
            reasons.append(str(error))
            embedder = self.embedder
        except RagError as error:
            reasons.append(str(error))
        except TimeoutError:
            reasons.append(f"the index server does not answer within {within_s:g} s")
        model = self.chat_models.beside(embedder)
        return reasons + await self._readiness.obstacles(embedder, model)

    async def without_abstention(self, *, only_for_good: bool = False) -> str | None:
        """Why questions that the index does not answer may not be refused, in words.

        `only_for_good`: not where the next ingest mends it. None where all is well, or the
        settings ask for no more.
        """
        if self.settings.abstain_below != "auto":
            return None
        try:
            snapshot = self.index.recent() or await self.index.find()
        except IndexUnavailableError:
            return None  # an obstacle, and told as one
        if snapshot is None or snapshot.generation == 0:
            return None
        calibration = Calibration.of(snapshot.collection.metadata)
        if only_for_good and calibration is None:
            return None
        return complaint(calibration, snapshot.embedding_model)

    async def judge(
        self,
        question: str,
        found: Retrieved,
        where: Filter | None = None,
        *,
        asked: Retrieved | None = None,
        history: Sequence[Turn] = (),
    ) -> Relevance:
        """Whether the question can be answered from what was found for it.

        By the nearest chunk that `where` lets in, as the thresholds were found: the same question
        is refused or not whatever `k` is and whether there is a reranker. `asked`: what was found
        for the question as it was asked, where `found` is for other words: these choose no
        threshold, and name nothing. `history`: what was said before the question, as the retriever
        was told it. Raises IndexUnavailableError where that cannot be known and
        there is a threshold.
        """
        calibration = Calibration.of(found.snapshot.collection.metadata)
        fingerprint, below = found.snapshot.embedding_model, self.settings.abstain_below
        likeness, nearest = best_likeness(found.fused), found.nearest
        told = partial(
            judge,
            question,
            model=fingerprint,
            abstain_below=below,
            calibration=calibration,
            documents=found.fused,
            share=naming(found.fused, question) if asked is None else 1.0,
            everydayness=await self._everydayness(calibration, asked or found),
            information=(asked or found).information,
            margin=found.margin if where is None else None,
        )
        if nearest is None and found.documents:
            try:
                nearest = await self._nearest(found, where)
            except IndexUnavailableError:  # then the documents tell
                if likeness is None and told(None).threshold is not None:
                    raise
        if nearest is not None and found.documents:
            likeness = nearest if likeness is None else max(likeness, nearest)
        relevance = told(likeness)
        is_talk = below == "auto" and found.counts > 0 and found.search_type == "hybrid"
        if is_talk and asked is None and calibration is not None and calibration.standards:
            last = next((turn.text for turn in reversed(history) if turn.role == "user"), "")
            language = language_of(f"{question} {last}")
            model = fingerprint.partition("@")[0]
            given = found.context, found.counts, calibration.standards, language, model
            relevance = judge_follow_up(relevance, found.fused, *given)
        return relevance

    async def _everydayness(
        self, calibration: Calibration | None, found: Retrieved
    ) -> float | None:
        """How like the everyday questions one is, where a threshold depends on it."""
        if self.settings.abstain_below != "auto" or calibration is None:
            return None
        if calibration.model != found.snapshot.embedding_model:  # it was rebuilt in between
            return None
        return await self.kept.everydayness(
            calibration.model, found.question_vector, found.snapshot
        )

    async def _nearest(self, found: Retrieved, where: Filter | None) -> float:
        """How near the nearest chunk is; none is left: not at all. Raises IndexUnavailableError."""
        vector = found.question_vector
        try:
            near = await self.index.propose(found.snapshot, vector, 1, where)
        except IndexMovedError:  # once more, as it is now
            snapshot = await self.index.snapshot()
            if snapshot.embedding_model != found.snapshot.embedding_model:
                raise  # the vector tells nothing in it
            near = await self.index.propose(snapshot, vector, 1, where)
        return 1.0 - near[0].distance if near else 0.0

    async def aclose(self) -> None:
        async with AsyncExitStack() as closing:  # the last first, and each in any case
            parts = (self._providers, self.reranker, self.index, self.kept, self.lexical)
            for part in (*parts, self.documents):
                if part is not None:
                    closing.push_async_callback(part.aclose)
