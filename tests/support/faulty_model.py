"""An OpenAI-compatible server that goes wrong in the way a question asks for.

"fault:NAME" in a question makes its chat request meet that fault, "once:NAME" only the first
time that question is asked, "embedding-fault:NAME" its embedding; see faults.py for the names.
Every other question is answered properly, so any mix can be asked at the same time. It counts
what is open and live, and when each chat request was asked, ended and its connection closed
(time.monotonic, which all processes of a machine share).

In a test: `with FaultyModel() as model: ...` (a thread with an event loop of its own). As a
process: `python -m tests.support.faulty_model --port N` prints its address; `GET /stats`
gives the counts and `GET /calls` every chat request, both as JSON.
"""

import argparse
import asyncio
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from time import monotonic, sleep
from typing import Any

from tests.support import openai_wire as wire
from tests.support.exchange import Exchange
from tests.support.fault import Fault
from tests.support.faults import FAULTS
from tests.support.faulty_link import ChatCall, Link, Outcome
from tests.support.faulty_listener import MOMENT_S, FaultyListener
from tests.support.script import tokens_of
from tests.support.word_vector import embed

CHAT = "/v1/chat/completions"
EMBEDDINGS = "/v1/embeddings"
DIMENSION = 384
_CHAT_FAULT = re.compile(r"(?<!-)\b(fault|once):(\w+)(?::([\d.]+))?")
_EMBEDDING_FAULT = re.compile(r"\bembedding-fault:(\w+)(?::([\d.]+))?")


class FaultyModel(FaultyListener):
    """The server, and what it has seen."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(lambda: Link(self), host, port)
        self._fault: str | None = None
        self._answer = "Hello from the faulty model."
        self._asked_once: set[str] = set()
        self.calls: list[ChatCall] = []
        self.live = 0  # chat requests being answered at this moment

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point OpenAI's clients here."""
        return {"OPENAI_API_KEY": "sk-stand-in", "OPENAI_BASE_URL": self.url}

    def asked(self, question: str) -> list[ChatCall]:
        """The chat requests whose question holds this text."""
        return [call for call in tuple(self.calls) if question in call.question]

    def script(self, *, fault: str | None = None, answer: str | None = None) -> None:
        """What chat requests meet from now on whose question names no fault of its own."""
        self._fault = fault
        self._answer = answer or self._answer

    def stats(self) -> dict[str, Any]:
        calls = tuple(self.calls)
        return {
            "connections": self.connections,
            "live": self.live,
            "chats": len(calls),
            "outcomes": Counter(call.outcome for call in calls),
            "faults": Counter(call.fault or "none" for call in calls),
        }

    def wait_until(self, condition: Callable[[], bool], timeout: float = 10.0) -> None:
        """Block until the condition holds, or raise TimeoutError with the counts."""
        deadline = monotonic() + timeout
        while not condition():
            if monotonic() > deadline:
                raise TimeoutError(f"the condition never held: {self.stats()}")
            sleep(MOMENT_S)

    def note(self, path: str, body: dict[str, Any]) -> ChatCall | None:
        """Keep the record of a chat request; of others there is none."""
        if path != CHAT:
            return None
        question = _question(body)
        call = ChatCall(question, monotonic(), self._fault)
        named = _CHAT_FAULT.search(question)
        if named and (named[1] == "fault" or question not in self._asked_once):
            call.fault = named[2]
        if named and named[1] == "once":
            self._asked_once.add(question)
        self.calls.append(call)
        self.live += 1
        return call

    def end(self, call: ChatCall, outcome: Outcome) -> None:
        """Keep how a chat request ended; the first cause counts."""
        if call.outcome == "live":
            call.outcome, call.ended = outcome, monotonic()
            self.live -= 1

    async def answer(
        self, path: str, body: Any, call: ChatCall | None, writer: asyncio.StreamWriter
    ) -> bool:
        """Write one response, or what a fault makes of it; whether it has ended properly."""
        if call is not None:
            named = _CHAT_FAULT.search(call.question)
            exchange = Exchange(writer, body, _number(named[3] if named else None))
            await (_fault(call.fault) if call.fault else self._answer_well)(exchange)
            self.end(call, "finished")  # before news of a connection that the fault has cut
        elif path == EMBEDDINGS:
            texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
            named = _EMBEDDING_FAULT.search(" ".join(map(str, texts)))
            exchange = Exchange(writer, body, _number(named[2] if named else None))
            await (_fault(named[1]) if named else _embed)(exchange)
        else:
            exchange = Exchange(writer, {}, None)
            pages: dict[str, Callable[[], Any]] = {
                "/v1/models": lambda: wire.models(["gpt-4o-mini"]),
                "/stats": self.stats,
                "/calls": lambda: [asdict(call) for call in tuple(self.calls)],
            }
            found = path in pages
            await exchange.json(200 if found else 404, pages[path]() if found else {})
        return exchange.is_whole

    async def _answer_well(self, exchange: Exchange) -> None:
        if exchange.body.get("stream"):
            await exchange.begin(*tokens_of(self._answer))
            await exchange.finish()
        else:
            usage = wire.chat_usage("", 1)
            await exchange.json(200, exchange.chat.whole(self._answer, "stop", usage))


async def _embed(exchange: Exchange) -> None:
    body = exchange.body
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    vectors = [embed(text, body.get("dimensions") or DIMENSION) for text in texts]
    as_base64 = body.get("encoding_format") == "base64"
    answer = wire.embeddings(str(body["model"]), vectors, len(texts), as_base64=as_base64)
    await exchange.json(200, answer)


def _question(body: dict[str, Any]) -> str:
    """What is asked, without the documents before it: the last line of the last message."""
    content = body["messages"][-1]["content"]
    text = content if isinstance(content, str) else "".join(part["text"] for part in content)
    return text.strip().rsplit("\n", 1)[-1]


def _fault(name: str) -> Fault:
    if name not in FAULTS:
        raise LookupError(f"no such fault: {name}; there are {', '.join(FAULTS)}")
    return FAULTS[name]


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.faulty_model")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    model = FaultyModel(host=options.host, port=options.port)
    print(model.url, flush=True)
    with suppress(KeyboardInterrupt):
        model.run()


if __name__ == "__main__":
    main()
