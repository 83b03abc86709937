"""Whether a question can be answered from what was found for it."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

from rag_stream.calibration.kept_loads import Kept
from rag_stream.calibration.language import language_of
from rag_stream.calibration.record import Calibration
from rag_stream.conversation import Turn
from rag_stream.errors import IndexMovedError, IndexUnavailableError
from rag_stream.filters import Filter
from rag_stream.index.reader import IndexReader
from rag_stream.pipeline.abstention import best_likeness, judge
from rag_stream.pipeline.follow_ups import judge_follow_up
from rag_stream.pipeline.naming import naming
from rag_stream.retrieval.retriever import Retrieved
from rag_stream.schema import Relevance


class Judge:
    """Judges what was found in one index, by what is known of the model that it was found with."""

    def __init__(
        self, index: IndexReader, kept: Kept, abstain_below: Literal["auto", "off"] | float
    ) -> None:
        """`kept`: the everyday questions' vectors; `abstain_below`: the configured threshold."""
        self._index = index
        self._kept = kept
        self._abstain_below = abstain_below

    async def __call__(
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
        fingerprint, below = found.snapshot.embedding_model, self._abstain_below
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
        if self._abstain_below != "auto" or calibration is None:
            return None
        if calibration.model != found.snapshot.embedding_model:  # it was rebuilt in between
            return None
        return await self._kept.everydayness(
            calibration.model, found.question_vector, found.snapshot
        )

    async def _nearest(self, found: Retrieved, where: Filter | None) -> float:
        """How near the nearest chunk is; none is left: not at all. Raises IndexUnavailableError."""
        vector = found.question_vector
        try:
            near = await self._index.propose(found.snapshot, vector, 1, where)
        except IndexMovedError:  # once more, as it is now
            snapshot = await self._index.snapshot()
            if snapshot.embedding_model != found.snapshot.embedding_model:
                raise  # the vector tells nothing in it
            near = await self._index.propose(snapshot, vector, 1, where)
        return 1.0 - near[0].distance if near else 0.0
