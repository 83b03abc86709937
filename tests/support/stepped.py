"""A client in step with the stand-in model, which sends a token when the last one has arrived.

So each token is a read of its own for the service, however slow the machine: what a stream
holds, and in how many pieces, does not depend on time.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.openai_server import OpenAIServer

CHAT = "gpt-4o-mini"
_RUN_ID = re.compile(rb'"run_id":"([^"]+)"')
_WORD = re.compile(r"[A-Za-z]+")
_MODELS_CHUNK = b'"AIMessageChunk"'
_BEFORE_TEXT = 1
"""Chunks of the model's in logs and events before its first: it has accepted."""


@dataclass(frozen=True)
class Request:
    """One request; `{run}` in the path stands for the run of the response before."""

    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    stop_at: str | None = None
    """What the response has to hold for the client to have the run stopped."""

    @property
    def content(self) -> bytes | None:
        """The body as it is sent: bytes as they are, all else as JSON."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()


@dataclass(frozen=True)
class Exchange:
    """A request and what came back, the body as it was on the wire but for its chunks."""

    request: Request
    status_line: str
    headers: Sequence[tuple[str, str]]
    body: bytes


class _Steps:
    """Decides for the model, from what the client has got, which token may go."""

    def __init__(self, tokens: Sequence[str], *, is_log: bool) -> None:
        self._tokens = tokens
        self._is_log = is_log
        self._begun = 0
        self.got = b""

    def may_send(self, number: int) -> bool:
        """Whether the token of that number, or the end, may go: all before it has arrived."""
        got = self.got
        if self._is_log:
            # It shows all that the model sends, but the page's opens with the first text only.
            is_first = not number and bool(self._tokens)
            return is_first or got.count(_MODELS_CHUNK) >= _BEFORE_TEXT + max(number, 1)
        if not number:
            self._begun = len(got)
        # A token without a word may be held back, as a part of a marker. Read together with
        # the next or by itself, it gives the same.
        words = _WORD.findall(self._tokens[number - 1]) if number else []
        return self._begun > 0 and (not words or words[-1].encode() in got[self._begun :])


def exchanges(
    url: str, requests: Sequence[Request], model: OpenAIServer, script: Mapping[str, Any]
) -> Iterator[Exchange]:
    """Make the requests, one after the other; the chat model follows the script at each.

    The last words of a streamed answer's tokens have to differ from each other and from what
    it quotes; only its last token, and parts of a marker, may be without one.
    """
    run_id = ""
    with httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
        client.headers = httpx.Headers({"user-agent": "recorder"})
        for request in requests:
            steps = _Steps(script.get("answer", ()), is_log="/stream_" in request.path)
            is_stepped = "/stream" in request.path and "hold_after" not in script
            model.script(CHAT, **script, may_send=steps.may_send if is_stepped else None)
            exchange = _exchange(client, request, run_id, steps)
            run_id = _run_of(exchange.body) or run_id
            yield exchange


def _exchange(client: httpx.Client, request: Request, run_id: str, steps: _Steps) -> Exchange:
    stop_at = request.stop_at
    with client.stream(
        request.method,
        request.path.replace("{run}", run_id),
        content=request.content,
        headers={"content-type": "application/json", **request.headers},
    ) as response:
        for piece in response.iter_raw():
            steps.got += piece
            if stop_at and stop_at.encode() in steps.got:
                client.delete(f"/rag/runs/{_run_of(steps.got)}").raise_for_status()
                stop_at = None
    status = f"{response.http_version} {response.status_code} {response.reason_phrase}"
    return Exchange(request, status, response.headers.multi_items(), steps.got)


def _run_of(body: bytes) -> str | None:
    found = _RUN_ID.search(body)
    return found[1].decode() if found else None
