"""A run's log for `/stream_log`: LangChain's patches, at a cost that grows with the answer.

LangChain's own `astream_log` compares and resends the whole output so far with every chunk,
so that its bytes grow with the square of the answer; it lets a fast run pile up patches
without bound before a slow reader; and when the reader leaves, it waits for the run to end.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast
from uuid import UUID

from langchain_core.outputs import ChatGeneration, LLMResult
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tracers.log_stream import LogStreamCallbackHandler, RunLogPatch
from langchain_core.tracers.schemas import Run

from app.streaming.backpressure import ReadAhead, Throttled

Op = dict[str, Any]
_SHOWN_AT_ONCE = 4096
"""Characters of an output up to which every piece is shown when it comes."""
_OF_RESPONSES = ("body", "headers", "request_id")
"""What LangChain keeps of a failed call's HTTP response: none of our clients' business."""


class FinalOutput:
    """The patches that build `/final_output` up from chunks.

    A text that grows is sent anew only when it has doubled, and once at the end: all in
    all at most twice its length, and the state after the last patch is complete.
    """

    def __init__(self) -> None:
        self._whole: Any = None
        self._sent: dict[str, int] = {}
        self._behind: dict[str, None] = {}

    def add(self, chunk: Any) -> list[Op]:
        """The patches for one more chunk."""
        if self._whole is None:
            # A copy of its own: patches wait for their reader while the whole grows.
            self._whole = dict(chunk) if isinstance(chunk, dict) else chunk
            return [_replace("/final_output", chunk)]
        if not isinstance(chunk, dict):
            self._whole = self._whole + chunk
            return self._grown("", self._whole)
        ops: list[Op] = []
        for key, value in chunk.items():
            if key not in self._whole:
                self._whole[key] = value
                ops.append({"op": "add", "path": f"/final_output/{key}", "value": value})
            elif value:
                self._whole[key] = self._whole[key] + value
                ops += self._grown(f"/{key}", self._whole[key])
        return ops

    def end(self) -> list[Op]:
        """The patches that are still owed."""
        return [
            _replace(f"/final_output{path}", self._whole[path[1:]] if path else self._whole)
            for path in self._behind
        ]

    def is_due(self, size: int, sent: int) -> bool:
        """Whether a text of that size is sent anew, so much of which has been sent."""
        return size >= 2 * sent

    def _grown(self, path: str, value: Any) -> list[Op]:
        size = len(value)
        if not self.is_due(size, self._sent.get(path, 1)):
            self._behind[path] = None
            return []
        self._sent[path] = size
        self._behind.pop(path, None)
        return [_replace(f"/final_output{path}", value)]


class ShownOutput(FinalOutput):
    """The same for a page that shows `/final_output`: it grows there as it comes.

    A long text is sent anew only when a reader can see that it has grown: all in all at most
    65 times its length, beside 2 MB for its beginning if that came in ones of four characters.
    """

    def is_due(self, size: int, sent: int) -> bool:
        return size <= _SHOWN_AT_ONCE or size * 64 >= sent * 65


class RunLog(LogStreamCallbackHandler):
    """LangChain's, which puts the whole response of a model that refused into the log."""

    def on_llm_error(
        self,
        error: BaseException,
        *,
        run_id: UUID,
        response: LLMResult | None = None,
        **kwargs: Any,
    ) -> Run:
        if response is not None:
            rows = [[_without_response(one) for one in row] for row in response.generations]
            response = LLMResult(generations=rows)
        return super().on_llm_error(error, run_id=run_id, response=response, **kwargs)


def _without_response(generation: Any) -> Any:
    if not isinstance(generation, ChatGeneration):
        return generation
    message = generation.message
    kept = {k: v for k, v in message.response_metadata.items() if k not in _OF_RESPONSES}
    if len(kept) == len(message.response_metadata):
        return generation
    return ChatGeneration(message=message.model_copy(update={"response_metadata": kept}))


async def stream_log(
    runnable: Runnable[Any, Any],
    input: Any,
    config: RunnableConfig,
    read_ahead: ReadAhead,
    final: FinalOutput | None = None,
    **filters: Any,
) -> AsyncGenerator[RunLogPatch, None]:
    """The patches of one run; closing this ends the run. Raises what the run raises.

    `final` tells of the output as a whole.
    """
    handler = RunLog(auto_close=False, _schema_format="original", **filters)
    config = {**config, "callbacks": [handler]}
    run = asyncio.create_task(
        _run(Throttled(runnable, read_ahead), input, config, handler, final or FinalOutput())
    )
    try:
        patches = cast(AsyncGenerator[RunLogPatch, None], aiter(handler))
        async with aclosing(read_ahead.read(patches)) as reading:
            async for patch in reading:
                yield patch
        await run
    finally:
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)


async def _run(
    runnable: Runnable[Any, Any],
    input: Any,
    config: RunnableConfig,
    handler: LogStreamCallbackHandler,
    final: FinalOutput,
) -> None:
    try:
        chunks = cast(AsyncGenerator[Any, None], runnable.astream(input, config))
        async with aclosing(chunks):
            async for chunk in chunks:
                streamed = {"op": "add", "path": "/streamed_output/-", "value": chunk}
                handler.send(streamed, *final.add(chunk))
        if owed := final.end():
            handler.send(*owed)
    finally:
        await handler.send_stream.aclose()


def _replace(path: str, value: Any) -> Op:
    return {"op": "replace", "path": path, "value": value}
