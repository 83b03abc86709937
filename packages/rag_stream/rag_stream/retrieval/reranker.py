"""Having what was found put in order by a model that reads question and text together.

It may only help: where it fails or takes too long the order stays what it was.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from rag_stream.models.rerank.wire import RerankError
from rag_stream.retrieval.fusion import Place
from rag_stream.retrieval.reading import Passage
from rag_stream.retrieval.search import CANDIDATES
from rag_stream.schema import Rerank

log = logging.getLogger(__name__)


class Reranker(Protocol):
    """A model that says how well each text answers a question."""

    @property
    def model(self) -> str | None:
        """Its name, where it has one."""
        ...

    async def rerank(self, question: str, texts: Sequence[str]) -> list[tuple[int, float]]:
        """(index, score) of the texts, best first, each once; some may be missing.

        Raises RerankError.
        """
        ...


async def reranked(
    reranker: Reranker, question: str, passages: Sequence[Passage], until: float
) -> tuple[list[Passage], Rerank]:
    """The passages in the reranker's order, with their places in it.

    The first CANDIDATES are given to it. Those it does not name, and those after them, keep
    their order behind. `until` is a time of the event loop's clock.
    """
    before = list(passages)
    if not before:
        return before, Rerank(state="skipped", model=reranker.model)
    texts = [passage.record.text for passage in before[:CANDIDATES]]
    try:
        async with asyncio.timeout_at(until):
            order = await reranker.rerank(question, texts)
        named = {index for index, _ in order}
        first = [
            _placed(before[index], Place(rank, score))
            for rank, (index, score) in enumerate(order, start=1)
        ]
    except TimeoutError:
        log.warning("the reranker did not answer in time; the order without it is used")
        return before, Rerank(state="timed_out", model=reranker.model)
    except RerankError as error:
        log.warning("the reranker failed; the order without it is used: %s", error)
        return before, Rerank(state="failed", model=reranker.model)
    except Exception:  # whoever wrote it: no answer fails for it
        log.exception("the reranker failed; the order without it is used")
        return before, Rerank(state="failed", model=reranker.model)
    others = [passage for place, passage in enumerate(before) if place not in named]
    return first + others, Rerank(state="used", model=reranker.model)


def _placed(passage: Passage, place: Place) -> Passage:
    return passage._replace(candidate=replace(passage.candidate, rerank=place))
