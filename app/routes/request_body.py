"""Request bodies: parsed strictly, with complaints that name the field."""

import asyncio
from typing import Any

import orjson
from starlette.requests import Request

from app.errors import BodyTimeoutError
from app.sessions.config_keys import SESSION
from rag_stream.conversation import parse_input
from rag_stream.errors import InvalidInputError
from rag_stream.options import chosen_of

MAX_BATCH = 100
MAX_BRACKETS = 100_000
"""Also of those in texts. Making lists and objects takes 30 times as long as reading text."""


async def read_object(request: Request, within_s: float) -> dict[str, Any]:
    """The body as a JSON object. Raises InvalidInputError, BodyTimeoutError."""
    try:
        async with asyncio.timeout(within_s):
            # Not `request.body()`: the request would keep it as long as its answer takes.
            raw = b"".join([part async for part in request.stream()])
    except TimeoutError as error:
        raise BodyTimeoutError(f"body: expected all of it within {within_s:g} s") from error
    if raw.count(b"[") + raw.count(b"{") > MAX_BRACKETS:
        raise InvalidInputError(f"body: expected at most {MAX_BRACKETS} opening brackets, got more")
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InvalidInputError(f"body: expected JSON in UTF-8: {error.msg}") from None
    if not isinstance(body, dict):
        raise InvalidInputError(f"body: expected a JSON object, got {_kind(body)}")
    return body


def input_of(body: dict[str, Any]) -> dict[str, Any]:
    """The chain's input of a request for one answer. Raises InvalidInputError."""
    if "input" not in body:
        raise InvalidInputError('input: expected {"input": "your question"}, got nothing')
    return _input(body["input"], "input")


def inputs_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The chain's inputs of a batch. Raises InvalidInputError."""
    inputs = body.get("inputs")
    if not isinstance(inputs, list):
        raise InvalidInputError(f"inputs: expected a list of inputs, got {_kind(inputs)}")
    if len(inputs) > MAX_BATCH:
        raise InvalidInputError(f"inputs: expected at most {MAX_BATCH} of them, got {len(inputs)}")
    return [_input(value, f"inputs.{number}") for number, value in enumerate(inputs)]


def configurable_of(body: dict[str, Any]) -> dict[str, Any]:
    """What a request's config chooses of the chain's fields. Raises InvalidInputError."""
    config = body.get("config", {})
    if not isinstance(config, dict):
        raise InvalidInputError(f"config: expected an object, got {_kind(config)}")
    configurable = config.get("configurable", {})
    if not isinstance(configurable, dict):
        raise InvalidInputError(
            f"config.configurable: expected an object, got {_kind(configurable)}"
        )
    return chosen_of(configurable, beside=(SESSION,))


def filters_of(body: dict[str, Any]) -> dict[str, list[str] | None]:
    """The include and exclude lists of stream_log and stream_events. Raises InvalidInputError."""
    filters = {}
    for way in ("include", "exclude"):
        for what in ("names", "types", "tags"):
            name = f"{way}_{what}"
            value = body.get(name)
            is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
            if value is not None and not is_list:
                raise InvalidInputError(f"{name}: expected a list of strings, got {_kind(value)}")
            filters[name] = value
    return filters


def _input(value: Any, where: str) -> dict[str, Any]:
    """A conversation, read."""
    if not isinstance(value, dict):
        wanted = '{"input": "your question"}'
        raise InvalidInputError(f"{where}: expected an object {wanted}, got {_kind(value)}")
    try:
        return parse_input(value).as_input()
    except InvalidInputError as error:
        raise InvalidInputError(f"{where}.{error}") from None


def _kind(value: Any) -> str:
    names = {
        type(None): "null",
        bool: "a boolean",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "a list",
        dict: "an object",
    }
    return names[type(value)]
