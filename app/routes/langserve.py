"""LangServe's endpoints over our chain, with its wire and without its traps.

LangServe's own handler answers bad input with 500, keeps runs going for clients that
have left, cuts failed streams off without an end, and writes line separators into events
raw. What stays its own: routes, schemas, share links and the documentation.
"""

import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

from langchain_core.runnables import Runnable, RunnableConfig
from langserve.api_handler import APIHandler, _strip_internal_keys
from starlette.requests import Request
from starlette.responses import Response

from app.playground.assets import Playground
from app.playground.chat_view import CHAT_FILTERS, OUTPUT_SCHEMA, chat_view
from app.playground.text_view import TEXT_FILTERS, TextView
from app.routes.answers import Responses, failing, failing_page
from app.routes.batch import answer_all, places_for
from app.routes.caller import caller_of
from app.routes.request_body import configurable_of, filters_of, input_of, inputs_of
from app.routes.share_link import chosen_by
from app.sessions.config_keys import CALLER
from app.state import AppState
from app.streaming.answer_batches import answer_batches
from app.streaming.backpressure import ReadAhead, Throttled
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from app.streaming.sse import SseEncoder
from app.streaming.stream_log import FinalOutput, ShownOutput, stream_log
from rag_stream.errors import InvalidInputError
from rag_stream.runnable import RagChain


class RagHandler(APIHandler):
    """The requests of one mounted chain. Replaces `langserve.server.APIHandler`."""

    def __init__(self, runnable: RagChain, *, state: AppState, **options: Any) -> None:
        """`options`: LangServe's; with `playground_type="chat"` the page is a chat."""
        super().__init__(runnable, **options)
        self._chain = runnable
        self._respond = Responses(state)
        self._is_chat = options.get("playground_type") == "chat"
        self._text_view = chat_view(runnable) if self._is_chat else TextView(runnable)
        self._playground = Playground(
            self._runnable,
            self._base_url,
            kind="chat" if self._is_chat else "default",
            output_schema=OUTPUT_SCHEMA if self._is_chat else None,
        )

    async def invoke(
        self, request: Request, *, config_hash: str = "", server_config: Any = None
    ) -> Response:
        body = await self._respond.body(request, streams=False)
        input = input_of(body)
        config = self._config(request, config_hash, configurable_of(body), "invoke")

        async def answer(_: int) -> dict[str, Any]:
            output = await self._chain.ainvoke(input, config)
            metadata: dict[str, Any] = {"run_id": config["run_id"], "feedback_tokens": []}
            return {"output": output, "callback_events": [], "metadata": metadata}

        return self._respond.computed(request, answer, [str(config["run_id"])])

    async def batch(
        self, request: Request, *, config_hash: str = "", server_config: Any = None
    ) -> Response:
        body = await self._respond.body(request, streams=False)
        inputs = inputs_of(body)
        sent = body.get("config", {})
        if isinstance(sent, list) and len(sent) != len(inputs):
            raise InvalidInputError(
                f"config: expected one for each of the {len(inputs)} inputs, got {len(sent)}"
            )
        each = sent if isinstance(sent, list) else [sent] * len(inputs)
        configs = [
            self._config(request, config_hash, configurable_of({"config": one}), "batch")
            for one in each
        ]
        run_ids = [config["run_id"] for config in configs]

        async def answer(places: int) -> dict[str, Any]:
            output = await answer_all(self._chain, inputs, configs, places)
            responses: list[Any] = [{"run_id": id, "feedback_tokens": []} for id in run_ids]
            metadata = {"run_ids": run_ids, "responses": responses}
            events: list[Any] = [[] for _ in inputs]
            return {"output": output, "callback_events": events, "metadata": metadata}

        return self._respond.computed(request, answer, list(map(str, run_ids)), places_for(inputs))

    async def stream(  # type: ignore[override] # our response, not LangServe's
        self, request: Request, *, config_hash: str = "", server_config: Any = None
    ) -> Response:
        body = await self._respond.body(request)
        input = input_of(body)
        config = self._config(request, config_hash, configurable_of(body), "stream")
        encoder = SseEncoder()

        batches = answer_batches(self._chain.events(input, config), encoder, config["run_id"])
        run_id = str(config["run_id"])
        return await self._respond.stream(request, batches, encoder, run_id)

    async def stream_log(  # type: ignore[override] # our response, not LangServe's
        self, request: Request, *, config_hash: str = "", server_config: Any = None
    ) -> Response:
        # The page shows nothing of an HTTP error: its view tells of bad input too, and so is
        # told that there is no place.
        is_page = _is_from_playground(request)
        body = await self._respond.body(request, checks=not is_page)
        config = self._config(request, config_hash, configurable_of(body), "stream_log")
        run_id = str(config["run_id"])
        runnable: Runnable[Any, Any] = self._chain
        final = FinalOutput()
        if is_page:
            runnable, input, filters = self._text_view, body.get("input"), TEXT_FILTERS
            if self._is_chat:
                final, filters = ShownOutput(), CHAT_FILTERS
        else:
            input, filters = input_of(body), filters_of(body)
        encoder, read_ahead = SseEncoder(), ReadAhead()

        async def events() -> AsyncGenerator[Batch, None]:
            async with aclosing(
                stream_log(runnable, input, config, read_ahead, final, **filters)
            ) as patches:
                async for patch in patches:
                    event = encoder.event("data", {"ops": patch.ops})
                    yield Batch([event]) if read_ahead.is_answering else EarlyBatch([event])
            yield LastBatch([encoder.event("end")])

        fail = partial(failing_page, self._text_view) if is_page else failing
        return await self._respond.stream(request, events(), encoder, run_id, fail)

    async def astream_events(  # type: ignore[override] # our response, not LangServe's
        self, request: Request, *, config_hash: str = "", server_config: Any = None
    ) -> Response:
        body = await self._respond.body(request)
        input, filters = input_of(body), filters_of(body)
        config = self._config(request, config_hash, configurable_of(body), "stream_events")
        encoder, read_ahead = SseEncoder(), ReadAhead()

        async def events() -> AsyncGenerator[Batch, None]:
            stream = cast(
                AsyncGenerator[dict[str, Any], None],
                Throttled(self._chain, read_ahead).astream_events(
                    input, config, version=self._astream_events_version, **cast(Any, filters)
                ),
            )
            async with aclosing(read_ahead.read(stream)) as reading:
                async for event in reading:
                    public = {**event, "metadata": _strip_internal_keys(event["metadata"])}
                    data = encoder.event("data", public)
                    yield Batch([data]) if read_ahead.is_answering else EarlyBatch([data])
            yield LastBatch([encoder.event("end")])

        run_id = str(config["run_id"])
        return await self._respond.stream(request, events(), encoder, run_id)

    async def playground(  # type: ignore[override] # see below
        self,
        file_path: str,
        request: Request,
        # No `server_config`: LangServe's route would fill it from the request's body.
        *,
        config_hash: str = "",
    ) -> Response:
        chosen_by(config_hash)
        return self._playground.respond(file_path, request)

    # What a link chooses changes none of the schemas.
    async def input_schema(
        self, request: Request, *, config_hash: str = "", server_config: Any = None
    ) -> Any:
        chosen_by(config_hash)
        return self._runnable.get_input_jsonschema()

    async def output_schema(
        self, request: Request, *, config_hash: str = "", server_config: Any = None
    ) -> Any:
        chosen_by(config_hash)
        if self._is_chat and _is_from_playground(request):
            return OUTPUT_SCHEMA
        return self._runnable.get_output_jsonschema()

    async def config_schema(
        self, request: Request, *, config_hash: str = "", server_config: Any = None
    ) -> Any:
        chosen_by(config_hash)
        return self._runnable.config_schema(include=self._config_keys).model_json_schema()

    def _config(
        self, request: Request, config_hash: str, chosen: dict[str, Any], endpoint: str
    ) -> RunnableConfig:
        """The run's config. Of what the client sent, only what may be configured counts."""
        shared = configurable_of({"config": chosen_by(config_hash)})
        return {
            "run_id": uuid.uuid4(),
            "run_name": self._run_name,
            # Whose values the chain checks; but for the last one, which no client can set.
            "configurable": {**shared, **chosen, CALLER: caller_of(request)},
            "metadata": {
                "__useragent": request.headers.get("user-agent"),
                "__langserve_endpoint": endpoint,
            },
        }


def _is_from_playground(request: Request) -> bool:
    """Whether the playground's page sent this: it cannot show chunks that are objects."""
    try:
        return "/playground" in urlsplit(request.headers.get("referer", "")).path
    except ValueError:  # no address at all, like http://[
        return False
