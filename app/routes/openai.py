"""OpenAI's chat completions and its list of models, for all that speaks that API."""

import time
import uuid
from functools import partial
from typing import Any

from fastapi import APIRouter
from langchain_core.runnables import RunnableConfig
from starlette.requests import Request
from starlette.responses import Response

from app.error_responses import describe_failure, log_failure, problem_response
from app.error_shapes import OPENAI_PATH, openai_error
from app.openai.addresses import Addresses
from app.openai.answer import Answer
from app.openai.chunks import Chunks, chunk_batches
from app.openai.completion import completion
from app.openai.request import MODEL, Asked, check_model, read_request
from app.routes.answers import Responses
from app.routes.caller import address_of, caller_of
from app.sessions.config_keys import CALLER
from app.sources.base import absolute_base_of
from app.state import AppState
from app.streaming.responses import ComputedResponse, EventStream
from app.streaming.sse import dumps
from rag_stream.runnable import CHAIN_NAME, RagChain
from rag_stream.sampling import SAMPLING

REQUEST_ID = "x-request-id"
"""The header that has the run's id: that is where the API's clients look for it."""
_LOCAL = "local:"


def openai_routes(chain: RagChain, state: AppState) -> APIRouter:
    """`/v1`: chat completions and models."""
    router = APIRouter(prefix=OPENAI_PATH, tags=["OpenAI"])
    requests = Responses(state)
    model = {"id": MODEL, "object": "model", "created": int(time.time()), "owned_by": MODEL}

    @router.get("/models")
    async def models() -> dict[str, Any]:
        """The one model."""
        return {"object": "list", "data": [model]}

    @router.get("/models/{name:path}")
    async def one_model(name: str) -> dict[str, Any]:
        """A model by its name."""
        check_model(name)
        return model

    @router.post("/chat/completions", response_class=Response)
    async def chat_completions(request: Request) -> Response:
        """The answer to the last of the messages; with `stream`, as it is made."""
        body = await requests.body(request, streams=False)
        settings = state.settings
        asked = read_request(body, request.headers, settings)
        run_id, created = uuid.uuid4(), int(time.time())
        config = _config(request, asked, run_id)
        if asked.is_task:
            events = chain.bare_events(asked.conversation, config)
        else:
            events = chain.events(asked.conversation.as_input(), config)
        addresses = Addresses(absolute_base_of(settings, request))
        answer = Answer(asked, addresses, settings.language)
        is_local = settings.chat_model_name.startswith(_LOCAL)
        unused = [name for name in asked.sampling.asked if name != "stop"] if is_local else []
        answer.ignore([*asked.ignored, *unused])
        completion_id = f"chatcmpl-{run_id.hex}"
        admit = partial(
            state.admission.admit, [str(run_id)], caller_of(request), address_of(request)
        )
        fail = partial(_failing, request, str(run_id))
        if not asked.streams:

            async def respond(_: int) -> Response:
                whole = await completion(events, answer, completion_id, created)
                headers = {REQUEST_ID: str(run_id)}
                return Response(dumps(whole), headers=headers, media_type="application/json")

            return ComputedResponse(respond, admit=admit, fail=fail)
        batches = chunk_batches(
            events,
            answer,
            Chunks(completion_id, created),
            with_usage=asked.with_usage,
        )
        error_event = partial(_error_event, str(run_id))
        return EventStream(
            batches,
            admit=admit,
            fail=fail,
            error_event=error_event,
            times=state.times,
            headers=((REQUEST_ID.encode(), str(run_id).encode()),),
        )

    return router


def _config(request: Request, asked: Asked, run_id: uuid.UUID) -> RunnableConfig:
    return {
        "run_id": run_id,
        "run_name": CHAIN_NAME,
        "configurable": {SAMPLING: asked.sampling, CALLER: caller_of(request)},
        "metadata": {
            "__useragent": request.headers.get("user-agent"),
            "__endpoint": "chat/completions",
        },
    }


def _failing(request: Request, run_id: str, error: Exception) -> Response:
    """The HTTP error, and a line in the log."""
    log_failure(error, run_id)
    response = problem_response(error, run_id, scope=request.scope)
    response.headers[REQUEST_ID] = run_id
    return response


def _error_event(run_id: str, error: Exception) -> bytes:
    """The last event of a stream that fails after it has begun; nothing follows it."""
    log_failure(error, run_id)
    return Chunks.data(openai_error(describe_failure(error, run_id)))
