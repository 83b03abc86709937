"""A stand-in for rerankers on the loopback: strict about the four forms, and scriptable.

It scores a text by the share of its words that are in `wanted`, so that a test decides what
comes first. `how` is what the next requests meet: "answer", "hang", or (status, body).
"""

import asyncio
import json
import re
import socket
import threading
from dataclasses import dataclass, field
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Literal, Self

import uvicorn

Api = Literal["cohere", "jina", "voyage", "tei"]
PATHS: dict[str, Api] = {"/v2/rerank": "cohere", "/v1/rerank": "jina", "/rerank": "tei"}
MOST_OF_TEI = 32
KEYS = {
    "cohere": {"model", "query", "documents", "top_n"},
    "jina": {"model", "query", "documents", "top_n", "return_documents"},
    "voyage": {"model", "query", "documents", "top_k"},
    "tei": {"query", "texts", "raw_scores", "truncate"},
}


@dataclass
class RerankCall:
    """One request and what became of it."""

    api: Api
    headers: dict[str, str]
    body: dict[str, Any]
    outcome: Literal["live", "answered", "abandoned"] = "live"

    @property
    def texts(self) -> list[str]:
        return list(self.body["texts" if self.api == "tei" else "documents"])


@dataclass
class RerankServer:
    """Runs while its `with` block lasts."""

    wanted: set[str] = field(default_factory=set)
    how: Any = "answer"
    calls: list[RerankCall] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
        )
        self._server = uvicorn.Server(config)
        run = self._server.run
        self._thread = threading.Thread(target=run, args=([self._listener],), daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the stand-in did not start"
            sleep(0.005)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(10)
        self._listener.close()

    @property
    def url(self) -> str:
        """Without a path."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    async def until(self, outcome: str) -> None:
        """Wait for the last call to have come to that."""
        end = monotonic() + 10
        while not self.calls or self.calls[-1].outcome != outcome:
            assert monotonic() < end, [call.outcome for call in self.calls]
            await asyncio.sleep(0.005)

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        body = json.loads(await _body(receive))
        api = PATHS[scope["path"]]
        if api == "jina" and "top_k" in body:  # they share a path
            api = "voyage"
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        call = RerankCall(api, headers, body)
        self.calls.append(call)
        if self.how == "hang":
            while (await receive())["type"] != "http.disconnect":
                pass
            call.outcome = "abandoned"
            return
        status, content = self._answer(call) if self.how == "answer" else self.how
        start = {"type": "http.response.start", "status": status}
        await send({**start, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": content})
        call.outcome = "answered"

    def _answer(self, call: RerankCall) -> tuple[int, bytes]:
        if call.body.keys() != KEYS[call.api]:
            return 422, f"expected {KEYS[call.api]}, got {set(call.body)}".encode()
        if call.api == "tei" and len(call.texts) > MOST_OF_TEI:
            return 422, f"batch size {len(call.texts)} > maximum {MOST_OF_TEI}".encode()
        scores = [(index, self.score(text)) for index, text in enumerate(call.texts)]
        scores.sort(key=lambda entry: -entry[1])
        name = "score" if call.api == "tei" else "relevance_score"
        results = [{"index": index, name: score} for index, score in scores]
        whole = {"voyage": {"data": results}, "tei": results}.get(call.api, {"results": results})
        return 200, json.dumps(whole).encode()

    def score(self, text: str) -> float:
        words = re.findall(r"\w+", text.lower())
        return sum(word in self.wanted for word in words) / max(len(words), 1)


async def _body(receive: Any) -> bytes:
    whole = b""
    while True:
        message = await receive()
        whole += message.get("body", b"")
        if not message.get("more_body"):
            return whole
