"""LangServe's endpoints over our chain, with its wire and without its traps.

LangServe's own handler answers bad input with 500, keeps runs going for clients that
have left, cuts failed streams off without an end, and writes line separators into events
raw. What stays its own: routes, schemas, share links and the documentation.
"""

import uuid
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, cast
from urllib.parse import urlsplit

from fastapi import HTTPException
from langchain_core.runnables import Runnable, RunnableConfig
from langserve.api_handler import APIHandler, _config_from_hash, _strip_internal_keys
from starlette.requests import Request
from starlette.responses import Response

from app.batch import answer_all
from app.body import config_of, filters_of, input_of, inputs_of, read_object
from app.connection import ComputedResponse, EventStream
from app.page_view import PAGE_FILTERS, PageView
from app.playground import Playground
from app.problem import describe_failure, log_failure, problem_response
from app.room import Restrained, Room
from app.run_log import stream_log
from app.wire import Encoder, dumps
from rag_stream.errors import InvalidInputError


class RagHandler(APIHandler):
    """The requests of one mounted chain. Replaces `langserve.server.APIHandler`."""

    def __init__(self, runnable: Runnable[Any, Any], **options: Any) -> None:
        super().__init__(runnable, **options)
        self._page_view = PageView(runnable)
        self._playground = Playground(runnable, self._base_url)

    async def invoke(
        self, request: Request, *, config_hash: str = "", server_config: Any = None
    ) -> Response:
        body = await read_object(request)
        input = input_of(body)
        config = self._config(request, config_hash, config_of(body), "invoke")

        async def answer() -> Response:
            output = await self._runnable.ainvoke(input, config)
            metadata: dict[str, Any] = {"run_id": config["run_id"], "feedback_tokens": []}
            return _json({"output": output, "callback_events": [], "metadata": metadata})

        return _computed(answer, str(config["run_id"]))

    async def batch(
        self, request: Request, *, config_hash: str = "", server_config: Any = None
    ) -> Response:
        body = await read_object(request)
        inputs = inputs_of(body)
        sent = body.get("config", {})
        if isinstance(sent, list) and len(sent) != len(inputs):
            raise InvalidInputError(
                f"config: expected one for each of the {len(inputs)} inputs, got {len(sent)}"
            )
        each = sent if isinstance(sent, list) else [sent] * len(inputs)
        configs = [
            self._config(request, config_hash, config_of({"config": one}), "batch") for one in each
        ]
        run_ids = [config["run_id"] for config in configs]

        async def answer() -> Response:
            output = await answer_all(self._runnable, inputs, configs)
            responses: list[Any] = [{"run_id": id, "feedback_tokens": []} for id in run_ids]
            metadata = {"run_ids": run_ids, "responses": responses}
            events: list[Any] = [[] for _ in inputs]
            return _json({"output": output, "callback_events": events, "metadata": metadata})

        return _computed(answer, ", ".join(map(str, run_ids)))

    async def stream(  # type: ignore[override] # our response, not LangServe's
        self, request: Request, *, config_hash: str = "", server_config: Any = None
    ) -> Response:
        body = await read_object(request)
        input = input_of(body)
        config = self._config(request, config_hash, config_of(body), "stream")
        encoder = Encoder()

        async def events() -> AsyncGenerator[bytes, None]:
            waiting = [encoder.event("metadata", {"run_id": config["run_id"]})]
            chunks = cast(
                AsyncGenerator[dict[str, Any], None], self._runnable.astream(input, config)
            )
            async with aclosing(chunks):
                async for chunk in chunks:
                    waiting.append(encoder.event("data", chunk))
                    # Until the sources are there, a failure can still be an HTTP error; and
                    # what follows the answer goes out with its end, in one write.
                    if "context" in chunk or "answer" in chunk:
                        yield b"".join(waiting)
                        waiting.clear()
            yield b"".join([*waiting, encoder.event("end")])

        return _stream(events(), encoder, str(config["run_id"]))

    async def stream_log(  # type: ignore[override] # our response, not LangServe's
        self, request: Request, *, config_hash: str = "", server_config: Any = None
    ) -> Response:
        body = await read_object(request)
        config = self._config(request, config_hash, config_of(body), "stream_log")
        runnable: Runnable[Any, Any] = self._runnable
        if _is_from_playground(request):
            # The page shows nothing of an HTTP error, so its view also tells of bad input.
            runnable, input, filters = self._page_view, body.get("input"), PAGE_FILTERS
        else:
            input, filters = input_of(body), filters_of(body)
        encoder = Encoder()

        async def events() -> AsyncGenerator[bytes, None]:
            async with aclosing(stream_log(runnable, input, config, **filters)) as patches:
                async for patch in patches:
                    yield encoder.event("data", {"ops": patch.ops})
            yield encoder.event("end")

        return _stream(events(), encoder, str(config["run_id"]))

    async def astream_events(  # type: ignore[override] # our response, not LangServe's
        self, request: Request, *, config_hash: str = "", server_config: Any = None
    ) -> Response:
        body = await read_object(request)
        input, filters = input_of(body), filters_of(body)
        config = self._config(request, config_hash, config_of(body), "stream_events")
        encoder = Encoder()

        async def events() -> AsyncGenerator[bytes, None]:
            room = Room()
            stream = cast(
                AsyncGenerator[dict[str, Any], None],
                Restrained(self._runnable, room).astream_events(
                    input, config, version=self._astream_events_version, **cast(Any, filters)
                ),
            )
            async with aclosing(room.read(stream)) as reading:
                async for event in reading:
                    public = {**event, "metadata": _strip_internal_keys(event["metadata"])}
                    yield encoder.event("data", public)
            yield encoder.event("end")

        return _stream(events(), encoder, str(config["run_id"]))

    async def playground(  # type: ignore[override] # see below
        self,
        file_path: str,
        request: Request,
        # No `server_config`: LangServe's route would fill it from the request's body.
        *,
        config_hash: str = "",
    ) -> Response:
        _checked_hash(config_hash)
        return self._playground.respond(file_path, request)

    def _config(
        self, request: Request, config_hash: str, sent: dict[str, Any], endpoint: str
    ) -> RunnableConfig:
        """The run's config. Of what the client sent, only what may be configured counts."""
        config_of({"config": _checked_hash(config_hash)})
        return {
            "run_id": uuid.uuid4(),
            "run_name": self._run_name,
            "metadata": {
                "__useragent": request.headers.get("user-agent"),
                "__langserve_endpoint": endpoint,
            },
        }


def _checked_hash(config_hash: str) -> dict[str, Any]:
    try:
        return _config_from_hash(config_hash)
    except HTTPException:
        raise InvalidInputError(
            "config hash: expected one made by the playground's share link"
        ) from None


def _is_from_playground(request: Request) -> bool:
    """Whether the playground's page sent this: it cannot show chunks that are objects."""
    return "/playground" in urlsplit(request.headers.get("referer", "")).path


def _computed(answer: Callable[[], Coroutine[Any, Any, Response]], run_id: str) -> Response:
    async def answer_or_problem() -> Response:
        try:
            return await answer()
        except Exception as error:  # noqa: BLE001 - the edge: told to the client, logged
            log_failure(error, run_id)
            return problem_response(error, run_id)

    return ComputedResponse(answer_or_problem)


def _stream(events: AsyncGenerator[bytes, None], encoder: Encoder, run_id: str) -> Response:
    def fail(error: Exception) -> Response:
        log_failure(error, run_id)
        return problem_response(error, run_id)

    def error_event(error: Exception) -> bytes:
        log_failure(error, run_id)
        return encoder.event("error", describe_failure(error, run_id))

    return EventStream(events, fail=fail, error_event=error_event)


def _json(value: Any) -> Response:
    return Response(dumps(value), media_type="application/json")
