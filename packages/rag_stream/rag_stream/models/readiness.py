"""Whether the models can be used, without asking them anything that costs money."""

import asyncio
import time
from typing import TYPE_CHECKING

from rag_stream.errors import RagError
from rag_stream.models.factory import ChatModel, Embedder
from rag_stream.models.openai.access import OPENAI_URL, openai_access
from rag_stream.settings import Settings

if TYPE_CHECKING:
    from httpx2 import AsyncClient

KEPT_S = 5.0
"""How long an answer holds: probes come every second or so, from several sides."""
_TIMEOUT_S = 5.0


class Readiness:
    """Checks the configured models; belongs to one event loop."""

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder,
        model: ChatModel,
        http: "AsyncClient | None",
    ) -> None:
        """`http` is None where no OpenAI model is configured."""
        self._settings = settings
        self._embedder = embedder
        self._model = model
        self._http = http
        self._checked_at = float("-inf")
        self._reasons: list[str] = []
        self._checking = asyncio.Lock()

    async def obstacles(self) -> list[str]:
        """Why the models cannot be used, in words; empty when they can."""
        async with self._checking:
            if time.monotonic() - self._checked_at > KEPT_S:
                self._reasons = [r for r in (await self._local(), await self._openai()) if r]
                self._checked_at = time.monotonic()
        return self._reasons

    async def _local(self) -> str | None:
        """Loads the local model, if one is used: also so that no question waits for it."""
        try:
            await self._embedder.prepare()
            await self._model.prepare()
        except RagError as error:
            return str(error)
        return None

    async def _openai(self) -> str | None:
        if self._http is None:
            return None
        # Not through OpenAI's own client: importing it takes a second, and the service shall
        # be ready before. Here, because only a service asks.
        import httpx2

        access = openai_access(self._settings)
        try:
            answer = await self._http.get(
                f"{(access['base_url'] or OPENAI_URL).rstrip('/')}/models",
                headers={"authorization": f"Bearer {access['api_key']}"},
                timeout=_TIMEOUT_S,
            )
        except httpx2.HTTPError:
            return "the OpenAI-compatible server does not answer (OPENAI_BASE_URL)"
        if answer.status_code in (401, 403):
            return "the OpenAI-compatible server refused the key (OPENAI_API_KEY)"
        if answer.status_code >= 500:
            return f"the OpenAI-compatible server failed (status {answer.status_code})"
        if answer.is_error:
            # A server without a list of models answers 404, and that is an answer.
            return None
        if "json" not in answer.headers.get("content-type", ""):
            return "what answers is no OpenAI-compatible server (OPENAI_BASE_URL)"
        return None
