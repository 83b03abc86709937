"""What a request gets: its answer as JSON or as a stream, or what kept it from one."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from functools import partial
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from app.error_responses import describe_failure, log_failure, problem_response
from app.playground.text_view import TextView
from app.routes.caller import address_of, caller_of
from app.routes.request_body import read_object
from app.routes.resume_headers import goes_on_alone
from app.runs.run import Run
from app.state import AppState
from app.streaming.batches import Batch
from app.streaming.responses import ComputedResponse, EventStream
from app.streaming.sse import SseEncoder, dumps, unnumbered
from rag_stream.errors import InvalidInputError

Fail = Callable[[str, Exception], Response]
"""Makes the error of the run of that id a response."""


def failing(run_id: str, error: Exception) -> Response:
    """The HTTP error, and a line in the log."""
    log_failure(error, run_id)
    return problem_response(error, run_id)


def failing_page(view: TextView, run_id: str, error: Exception) -> Response:
    """The same for a playground's page, which shows only what a log has."""
    log_failure(error, run_id)
    encoder = SseEncoder()
    data = encoder.event("data", {"ops": view.log_of_failure(error, run_id)}) + encoder.event("end")
    return Response(data, media_type="text/event-stream")


def reading_failed(run_id: str, error: Exception) -> bytes:
    """The event for a reader whose run may well go on, and a line in the log."""
    log_failure(error, run_id)
    return unnumbered("error", describe_failure(error, run_id))


class Responses:
    """Takes requests in and makes their responses, by the state of one application."""

    def __init__(self, state: AppState) -> None:
        self._state = state

    async def body(
        self, request: Request, *, streams: bool = True, checks: bool = True
    ) -> dict[str, Any]:
        """The request's body; `checks`: only where there is a place for its run at all.

        Raises OverloadedError, ShuttingDownError, InvalidInputError, BodyTimeoutError.
        """
        if checks:
            self._state.admission.check(address_of(request))
        if goes_on_alone(request) and not streams:
            raise InvalidInputError(
                "X-On-Disconnect: expected 'cancel', because only streams can be come back to, "
                "got 'continue'"
            )
        return await read_object(request, self._state.settings.body_timeout_s)

    def computed(
        self,
        request: Request,
        compute: Callable[[int], Coroutine[Any, Any, dict[str, Any]]],
        run_ids: list[str],
        at_once: int = 1,
    ) -> Response:
        """The result as JSON; it is cancelled when the client goes.

        It takes a place for each of the runs that it makes at a time; `compute` is told how
        many there are.
        """

        async def respond(places: int) -> Response:
            return Response(dumps(await compute(places)), media_type="application/json")

        admission = self._state.admission
        admit = partial(admission.admit, run_ids, caller_of(request), address_of(request), at_once)
        return ComputedResponse(respond, admit=admit, fail=partial(failing, ", ".join(run_ids)))

    async def stream(
        self,
        request: Request,
        events: AsyncGenerator[Batch, None],
        encoder: SseEncoder,
        run_id: str,
        fail: Fail = failing,
    ) -> Response:
        """The events; the run ends with the connection unless the client wants it otherwise.

        Raises what beginning a run that goes on alone raises, and ClientDisconnect where its
        client has left before it has begun.
        """

        def error_event(error: Exception) -> bytes:
            log_failure(error, run_id)
            return encoder.event("error", describe_failure(error, run_id))

        caller, address = caller_of(request), address_of(request)
        times = self._state.times
        # Whether it may begin at all is not known before: a 409 shall be one.
        is_held = partial(self._state.sessions.is_waiting, run_id)
        if not goes_on_alone(request):
            return EventStream(
                events,
                admit=partial(self._state.admission.admit, [run_id], caller, address),
                fail=partial(fail, run_id),
                error_event=error_event,
                times=times,
                is_held=is_held,
            )
        run = await self.begin(request, events, run_id, error_event)

        def reading_error_event(error: Exception) -> bytes:
            if error is run.failure:
                return run.last_event
            return reading_failed(run_id, error)

        return EventStream(
            run.begin(),
            admit=partial(self._state.admission.admit_reader, run_id, caller),
            fail=partial(problem_response, run_id=run_id),  # the run has logged it
            error_event=reading_error_event,
            times=times,
            is_held=is_held,
        )

    async def begin(
        self,
        request: Request,
        events: AsyncGenerator[Batch, None],
        run_id: str,
        error_event: Callable[[Exception], bytes],
    ) -> Run:
        """Begin a run that goes on alone.

        Raises what that raises, and ClientDisconnect where its client has left already.
        """
        caller, address = caller_of(request), address_of(request)
        is_gone = request.is_disconnected
        if await is_gone():
            raise ClientDisconnect  # nobody knows the run's id, so nobody could come back to it
        return await self._state.runs.start(run_id, caller, events, error_event, address, is_gone)
