"""Coming back to a run, and stopping it, each run at an address of its own below the chain's."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.errors import RunNotFoundError
from app.routes import paths
from app.routes.answers import failing, reading_failed
from app.routes.caller import caller_of
from app.routes.resume_headers import position
from app.state import AppState
from app.streaming.responses import EventStream

_LONGEST_ID = 40


def run_routes(state: AppState, prefix: str = paths.RUNS) -> APIRouter:
    """The routes below a chain's own path; every chain's runs can be had at each of them."""
    router = APIRouter(prefix=prefix, tags=["runs"])

    @router.get("/{run_id}/stream", response_class=Response)
    async def resume(request: Request, run_id: str) -> Response:
        """The events after `Last-Event-ID` (or `?after=`), then the others as they come.

        204 where there are none left.
        """
        run_id, after = _run_id(run_id), position(request)
        caller = caller_of(request)

        return EventStream(
            state.runs.read(run_id, caller, after),
            admit=partial(state.admission.admit_reader, run_id, caller),
            fail=partial(failing, run_id),
            error_event=partial(reading_failed, run_id),
            times=state.times,
            empty=Response(status_code=204),
        )

    @router.delete("/{run_id}", status_code=204, response_class=Response)
    async def stop(request: Request, run_id: str) -> Response:
        """Stop a run; its model is no longer at work when this returns."""
        await state.runs.stop(_run_id(run_id), caller_of(request))
        return Response(status_code=204)

    return router


def _run_id(given: str) -> str:
    """The id of a run as we write it. Raises RunNotFoundError for what can be none."""
    try:
        return str(UUID(given[:_LONGEST_ID]))
    except ValueError:
        raise RunNotFoundError("there is no such run: expected the id of one, a UUID") from None
