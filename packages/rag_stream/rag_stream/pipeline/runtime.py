"""What answering needs, opened on first use in one event loop and closed with it."""

import asyncio
from contextlib import AsyncExitStack

from rag_stream.calibration.kept_loads import WAIT_S, Kept
from rag_stream.calibration.language import language_of
from rag_stream.calibration.record import Calibration
from rag_stream.index.documents import DocumentList
from rag_stream.index.folder import lexical_folder
from rag_stream.index.reader import IndexReader
from rag_stream.lexical.search import LexicalSearch
from rag_stream.models.chat_models import ChatModels
from rag_stream.models.embedders import Embedders
from rag_stream.models.factory import ChatModel, Embedder
from rag_stream.models.providers import Providers
from rag_stream.models.rerank.client import build_reranker
from rag_stream.pipeline.deadlines import Limits
from rag_stream.pipeline.judgement import Judge
from rag_stream.pipeline.prompt import Prompt, read_prompt
from rag_stream.pipeline.readiness import Readiness
from rag_stream.pipeline.reply_language import AUTO
from rag_stream.retrieval.retriever import Retrieved, Retriever
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
        self.readiness = Readiness(
            self.index, self.embedders, self.chat_models, self._providers, settings
        )
        self.judge = Judge(self.index, self.kept, settings.abstain_below)
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
        return self.embedders.likely_or_new(self.index.seen)

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

    async def aclose(self) -> None:
        async with AsyncExitStack() as closing:  # the last first, and each in any case
            parts = (self._providers, self.reranker, self.index, self.kept, self.lexical)
            for part in (*parts, self.documents):
                if part is not None:
                    closing.push_async_callback(part.aclose)
