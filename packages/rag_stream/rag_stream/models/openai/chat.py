"""ChatOpenAI with a fast way to read its streams.

The official client still makes the request (address, key, retries, errors). What it makes
of the answer costs 300 us of CPU a token: models validated by reflection. Here everything
that has arrived is parsed together and handed on at once.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import httpx2
import openai
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from langchain_openai.chat_models.base import _create_usage_metadata
from pydantic import PrivateAttr

from rag_stream.answer_piece import AnswerPiece
from rag_stream.http.backpressure import Backpressure
from rag_stream.http.response import HttpError, TooLongError
from rag_stream.models.finish_reasons import finish_reason_of
from rag_stream.models.openai.replay import Answer, OpenAIPost
from rag_stream.models.openai.sse_frames import Frame, FrameParser, is_plain, join
from rag_stream.models.openai.transport import translated

_PATH = "/chat/completions"
_AT_ONCE = 200
_A_REQUEST = httpx2.Request("POST", "http://chat")
"""For errors of the client's, which want one to name."""
# What a call may ask for without getting more than text back.
_PLAIN_KEYS = {"stop", "temperature", "max_tokens", "top_p", "seed"}

# Parameters that are no part of a request's body.
_OF_THE_CLIENT = {"extra_headers", "extra_query", "timeout", "response_format"}


class StreamingChatOpenAI(ChatOpenAI):
    """Streams like ChatOpenAI, at a fraction of the cost where an answer is plain text."""

    # In a list, which copies for single questions share.
    _posts: list[OpenAIPost] = PrivateAttr(default_factory=list)

    async def pieces(self, messages: list[BaseMessage]) -> AsyncGenerator[AnswerPiece, None]:
        """The answer without messages and callbacks. Raises what ChatOpenAI raises."""
        if not self._is_plain:
            async for theirs in super()._astream(messages):
                yield _piece(theirs)
            return
        async with aclosing(self._frames(messages, None, {})) as arrivals:
            async for frames in arrivals:
                if all(map(is_plain, frames)):
                    piece = join(frames)
                    if piece.usage:
                        piece.usage = _create_usage_metadata(piece.usage)
                    yield piece
                else:
                    for count, chunk in enumerate(map(self._converted, frames), 1):
                        if chunk is not None:
                            yield _piece(chunk)
                        if count % _AT_ONCE == 0:  # tens of thousands fit into one read
                            await asyncio.sleep(0)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        *,
        stream_usage: bool | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        if not (kwargs.keys() <= _PLAIN_KEYS and self._is_plain):
            usage = {} if stream_usage is None else {"stream_usage": stream_usage}
            async for chunk in super()._astream(messages, stop, run_manager, **usage, **kwargs):
                yield chunk
            return
        async with aclosing(self._frames(messages, stop, kwargs)) as arrivals:
            async for frames in arrivals:
                if all(map(is_plain, frames)):
                    chunks = [_chunk(join(frames))]
                else:
                    chunks = [c for c in map(self._converted, frames) if c is not None]
                for chunk in chunks:
                    if run_manager:
                        await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                    yield chunk

    @property
    def _is_plain(self) -> bool:
        """Whether requests are chat completions that the short way knows how to send."""
        return not (
            self.include_response_headers
            or self.model_kwargs.keys() & _OF_THE_CLIENT
            or self._use_responses_api(self.model_kwargs)
        )

    async def _frames(
        self, messages: list[BaseMessage], stop: list[str] | None, kwargs: dict[str, Any]
    ) -> AsyncGenerator[list[Frame]]:
        """The frames of each read, as they arrive; at first none, when the model has accepted."""
        usage = {"stream_options": {"include_usage": True}} if self.stream_usage else {}
        payload = self._get_request_payload(messages, stop=stop, stream=True, **usage, **kwargs)
        payload |= payload.pop("extra_body", None) or {}  # the client would do so
        parser, backpressure = FrameParser(), Backpressure.of_running_loop()
        arrivals = await self._ask(payload)
        try:
            yield []
            while data := await arrivals.arrived():
                frames: list[Frame] = []
                failure: Exception | None = None
                try:
                    for frame in parser.feed(data):
                        _raise_for_error(frame)
                        frames.append(frame)
                except (ValueError, TooLongError, openai.APIError) as error:
                    failure = error  # what came before it is still an answer's part
                if frames:
                    yield frames
                if failure is not None:
                    raise failure
                if parser.done:
                    arrivals.leave()
                    return
                await backpressure.before_read(arrivals)
            if last := list(parser.feed(b"\n")):  # a frame without its line's end
                yield last
        except Exception as error:
            theirs = _as_the_client_does(error)
            if theirs is None:
                raise
            raise theirs from error
        finally:
            await arrivals.aclose()

    async def _ask(self, payload: dict[str, Any]) -> Answer:
        """The answer to a chat request, its body unread.

        Not by the client's own method for it: that turns the payload over, field by field,
        into what it is already, 1 ms of CPU a question.
        """
        if not self._posts:
            self._posts.append(OpenAIPost(self.root_async_client, _PATH, self.http_async_client))
        return await self._posts[0](payload)

    def _converted(self, frame: Frame) -> ChatGenerationChunk | None:
        if isinstance(frame, str):
            return _chunk(AnswerPiece(frame))
        return self._convert_chunk_to_generation_chunk(frame, AIMessageChunk, {})


def _chunk(piece: AnswerPiece) -> ChatGenerationChunk:
    usage: UsageMetadata | None = _create_usage_metadata(piece.usage) if piece.usage else None
    info = {"finish_reason": piece.finish_reason} if piece.finish_reason else {}
    message = AIMessageChunk(content=piece.text, response_metadata=dict(info), usage_metadata=usage)
    return ChatGenerationChunk(message=message, generation_info=info or None)


def _piece(chunk: ChatGenerationChunk) -> AnswerPiece:
    message = chunk.message
    usage = getattr(message, "usage_metadata", None)
    info = {**message.response_metadata, **(chunk.generation_info or {})}
    finish_reason = info.get("finish_reason") or finish_reason_of(info)
    return AnswerPiece(str(message.text), finish_reason, dict(usage) if usage else None)


def _raise_for_error(frame: Frame) -> None:
    if not isinstance(frame, str) and (error := frame.get("error")):
        words = error.get("message") if isinstance(error, dict) else None
        raise openai.APIError(words or "error in the stream", _A_REQUEST, body=error)


def _as_the_client_does(error: Exception) -> Exception | None:
    """A failure to read, as the official client raises it; None for what is none."""
    if isinstance(error, HttpError) and not isinstance(error, TooLongError):
        error = translated(error)
    if isinstance(error, httpx2.TimeoutException):
        return openai.APITimeoutError(_A_REQUEST)
    if isinstance(error, httpx2.TransportError):
        return openai.APIConnectionError(request=_A_REQUEST)
    return None
