"""Whether the models can be used, without asking them anything that costs money."""

import asyncio
import time

from rag_stream.errors import RagError
from rag_stream.models.factory import ChatModel, Embedder
from rag_stream.models.providers import Providers

KEPT_S = 5.0
"""How long an answer holds: probes come every second or so, from several sides."""


class Readiness:
    """Checks the models that questions need; belongs to one event loop."""

    def __init__(self, providers: Providers) -> None:
        self._providers = providers
        self._checked: str | None = None
        self._checked_at = float("-inf")
        self._reasons: list[str] = []
        self._checking = asyncio.Lock()

    async def obstacles(self, embedder: Embedder | None, model: ChatModel) -> list[str]:
        """Why the models cannot be used, in words; empty when they can.

        `embedder`: that of the index, None where there is none to be had.
        """
        embeddings = None if embedder is None else embedder.fingerprint
        async with self._checking:
            is_old = time.monotonic() - self._checked_at > KEPT_S
            if is_old or self._checked != embeddings:
                self._reasons = await _local(embedder, model)
                self._reasons += await self._providers.obstacles(model.name, embeddings)
                self._checked, self._checked_at = embeddings, time.monotonic()
            return self._reasons


async def _local(embedder: Embedder | None, model: ChatModel) -> list[str]:
    """Loads the local models that are used: also so that no question waits for them."""
    if embedder is None:  # nor is it known which one the model shares
        return []
    try:
        await embedder.prepare()
        await model.prepare()
    except RagError as error:
        return [str(error)]
    return []
