"""Coming back to a run, and stopping it: `/rag/runs/{run_id}`."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.caller import caller_of
from app.connection import EventStream
from app.desk import Desk
from app.gate import free_visit
from app.problem import describe_failure, log_failure, problem_response
from app.resume import position
from app.wire import unnumbered


def run_routes(desk: Desk) -> APIRouter:
    """The routes below the chain's own path."""
    router = APIRouter(prefix="/rag/runs", tags=["runs"])

    @router.get("/{run_id}/stream", response_class=Response)
    async def resume(request: Request, run_id: str) -> Response:
        """The events after `Last-Event-ID` (or `?after=`), then the others as they come.

        204 where there are none left.
        """
        after = position(request)

        def fail(error: Exception) -> Response:
            log_failure(error, run_id)
            return problem_response(error, run_id)

        def error_event(error: Exception) -> bytes:
            log_failure(error, run_id)
            return unnumbered("error", describe_failure(error, run_id))

        return EventStream(
            desk.runs.read(run_id, caller_of(request), after),
            admit=lambda: free_visit(run_id),
            fail=fail,
            error_event=error_event,
            times=desk.times,
            empty=Response(status_code=204),
        )

    @router.delete("/{run_id}", status_code=204, response_class=Response)
    async def stop(request: Request, run_id: str) -> Response:
        """Stop a run; its model is no longer at work when this returns."""
        await desk.runs.stop(run_id, caller_of(request))
        return Response(status_code=204)

    return router
