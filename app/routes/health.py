"""Whether the process lives, and whether it can answer questions."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.lifecycle import descriptors
from app.lifecycle.admission import Admission
from app.lifecycle.limits import Limits
from app.streaming.sse import dumps
from rag_stream.runnable import RagChain


def health_routes(chain: RagChain, admission: Admission) -> APIRouter:
    """`/healthz` and `/readyz`."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """200 as long as the process answers."""
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz(request: Request) -> Response:
        """200 when a question can be answered, else 503 with the reasons.

        `notes`: what keeps the service from doing all that its settings ask for.
        """
        if admission.is_closed:
            reasons = ["this worker is shutting down"]
        else:
            obstacles = await chain.runtime().readiness.obstacles()
            reasons = [obstacle.words for obstacle in obstacles]
        body: dict[str, Any] = {"status": "ready"}
        if reasons:
            body = {"status": "not ready", "reasons": reasons}
        else:
            shortage = descriptors.shortage(Limits.of(chain.settings).together)
            unrefused = await chain.runtime().readiness.without_abstention(only_for_good=True)
            if notes := [note for note in (shortage, unrefused) if note]:
                body["notes"] = notes
        return Response(dumps(body), 503 if reasons else 200, media_type="application/json")

    return router
