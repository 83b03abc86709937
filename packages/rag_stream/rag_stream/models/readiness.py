"""Whether the models can be used, without asking them anything that costs money."""

import asyncio
import time

from rag_stream.errors import RagError
from rag_stream.models.factory import ChatModel, Embedder
from rag_stream.models.providers import Providers

KEPT_S = 5.0
"""How long an answer holds: probes come every second or so, from several sides."""


class Readiness:
    """Checks the configured models; belongs to one event loop."""

    def __init__(self, embedder: Embedder, model: ChatModel, providers: Providers) -> None:
        self._embedder = embedder
        self._model = model
        self._providers = providers
        self._checked_at = float("-inf")
        self._reasons: list[str] = []
        self._checking = asyncio.Lock()

    async def obstacles(self) -> list[str]:
        """Why the models cannot be used, in words; empty when they can."""
        async with self._checking:
            if time.monotonic() - self._checked_at > KEPT_S:
                self._reasons = await self._local() + await self._providers.obstacles()
                self._checked_at = time.monotonic()
        return self._reasons

    async def _local(self) -> list[str]:
        """Loads the local model, if one is used: also so that no question waits for it."""
        try:
            await self._embedder.prepare()
            await self._model.prepare()
        except RagError as error:
            return [str(error)]
        return []
