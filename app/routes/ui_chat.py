"""The AI SDK's endpoint: a chat's next answer as a UI message, coming back to it, stopping it.

An answer goes on when its client leaves, since there is no other way to reload a page without
losing it; so a client's own "stop" only leaves, and there is a route that stops.
"""

import uuid
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from langchain_core.runnables import RunnableConfig
from starlette.requests import Request
from starlette.responses import Response

from app.error_responses import log_failure, problem_response
from app.errors import RunCancelledError, RunNotFoundError
from app.routes import paths
from app.routes.answers import Responses
from app.routes.caller import address_of, caller_of
from app.routes.request_body import configurable_of
from app.routes.resume_headers import goes_on_alone
from app.sessions.config_keys import CALLER, SESSION
from app.sources.base import base_of
from app.state import AppState
from app.streaming.responses import EventStream
from app.ui_messages.parts import DONE, HEADER
from app.ui_messages.request import parse_chat, parse_chat_id
from app.ui_messages.writer import MessageWriter, told
from rag_stream.errors import RagError
from rag_stream.runnable import RagChain

_NOTHING = partial(Response, status_code=204)


class _Route(APIRoute):
    """Gives the errors that its endpoint raises the form that its clients show."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except RagError as error:
                log_failure(error)
                return _failed(request, None, error)

        return handled


def ui_chat_routes(chain: RagChain, state: AppState) -> APIRouter:
    """The routes that `useChat` and `DefaultChatTransport` ask by default."""
    router = APIRouter(prefix=paths.UI_CHAT, tags=["AI SDK"], route_class=_Route)
    responses = Responses(state)

    @router.post("", response_class=Response)
    async def send(request: Request) -> Response:
        """The answer to the last of the messages, as the AI SDK's UI message stream."""
        body = await responses.body(request)
        chat = parse_chat(body)
        caller, run_id = caller_of(request), str(uuid.uuid4())
        chosen = configurable_of(body)
        chosen.pop(SESSION, None)  # these clients keep their conversations, and send them whole
        config: RunnableConfig = {
            "run_id": uuid.UUID(run_id),
            "configurable": {**chosen, CALLER: caller},
            "metadata": {"__useragent": request.headers.get("user-agent")},
        }
        writer = MessageWriter(run_id, base_of(state.settings, request))
        batches = writer.batches(chain.events(chat.conversation.as_input(), config))
        stream = partial(
            EventStream,
            error_event=writer.error,
            fail=partial(_failing, request, run_id),
            times=state.times,
            headers=(HEADER,),
        )
        if not goes_on_alone(request, unless_said=state.runs.can_resume):
            admit = partial(state.admission.admit, [run_id], caller, address_of(request))
            return stream(batches, admit=admit)
        run = await responses.begin(request, batches, run_id, writer.error)
        await state.chats.enter(caller, chat.chat_id, run)
        return stream(
            run.begin(),
            admit=partial(state.admission.admit_reader, run_id, caller),
            fail=partial(_failed, request, run_id),  # the run has logged it
            error_event=partial(_reading_failed, run_id),
        )

    @router.get("/{chat_id:path}/stream", response_class=Response)
    async def resume(request: Request, chat_id: str) -> Response:
        """The chat's answer from its beginning, and on as it comes; 204 where none is coming.

        `?ended=true`: also one that has ended, as long as it is kept.
        """
        caller, ended = caller_of(request), request.query_params.get("ended") == "true"
        run_id = await state.chats.latest(caller, parse_chat_id(chat_id), ended=ended)
        if run_id is None:
            return _NOTHING()
        return EventStream(
            state.runs.read(run_id, caller, 0),
            admit=partial(state.admission.admit_reader, run_id, caller),
            fail=partial(_failing, request, run_id),
            error_event=partial(_reading_failed, run_id),
            times=state.times,
            empty=_NOTHING(),
            headers=(HEADER,),
        )

    @router.post("/{chat_id:path}/stop", status_code=204, response_class=Response)
    async def stop(request: Request, chat_id: str) -> Response:
        """Stop the chat's answer, if one is coming; its model is not at work when this returns."""
        caller = caller_of(request)
        run_id = await state.chats.latest(caller, parse_chat_id(chat_id))
        if run_id is not None:
            with suppress(RunNotFoundError):  # it has just ended
                await state.runs.stop(run_id, caller)
        return _NOTHING()

    return router


def _failing(request: Request, run_id: str, error: Exception) -> Response:
    """The HTTP error, and a line in the log."""
    log_failure(error, run_id)
    return _failed(request, run_id, error)


def _failed(request: Request, run_id: str | None, error: Exception) -> Response:
    """The HTTP error, see `error_shapes.py`.

    An answer that was stopped before it began is a message without text and no error.
    """
    if isinstance(error, RunCancelledError):
        headers = {name.decode(): value.decode() for name, value in (HEADER,)}
        return Response(told(error) + DONE, 200, headers, "text/event-stream")
    return problem_response(error, run_id, scope=request.scope)


def _reading_failed(run_id: str, error: Exception) -> bytes:
    """The last parts for a reader whose run may well go on, and a line in the log."""
    log_failure(error, run_id)
    return told(error) + DONE
