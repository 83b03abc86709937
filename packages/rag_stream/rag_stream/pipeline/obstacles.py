"""What keeps the index from being asked, each thing with its code and in words."""

import asyncio
from typing import NamedTuple

from rag_stream.errors import IndexUnavailableError, RagError
from rag_stream.index.reader import IndexReader
from rag_stream.models.embedders import Embedders
from rag_stream.models.factory import Embedder

MODEL_AWAY = "model_unavailable"
"""The code of what the models say of themselves."""


class Obstacle(NamedTuple):
    """Why a question cannot be answered. `code`: an error's, where it would fail with one."""

    code: str
    words: str


async def index_obstacles(
    index: IndexReader, embedders: Embedders, within_s: float
) -> tuple[list[Obstacle], Embedder | None]:
    """Those of the index, and its embedding model as far as it is known."""
    embedder = embedders.likely(index.seen)
    try:
        async with asyncio.timeout(within_s):
            snapshot = await index.snapshot()
            if await index.count(snapshot) == 0:
                raise index.empty()
            return [], embedders.of(snapshot)
    except RagError as error:
        return [Obstacle(error.code, str(error))], embedder
    except TimeoutError:
        words = f"the index server does not answer within {within_s:g} s"
        return [Obstacle(IndexUnavailableError.code, words)], embedder
