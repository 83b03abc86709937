"""The stand-in for OpenAI's API that every server of the comparison talks to.

Cheap enough not to be what is measured: frames made beforehand, no framework, one send a
token. `python -m bench.upstream` prints its port; GET /stats tells what it has spent.
"""

import asyncio
from typing import Any

import httptools
import orjson
import uvloop

from bench import pace, vectors
from bench.frames import Frames, frames_of, whole
from bench.pace import Pace
from bench.sender import Answer, Desk

_JSON = orjson.OPT_SERIALIZE_NUMPY


class Link(asyncio.Protocol):
    """One connection: requests one after another, as clients with a pool send them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._answer: Answer | None = None
        self._is_last = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None:
            self._answer.stop()

    def pause_writing(self) -> None:
        if self._answer is not None:
            self._answer.pause()

    def resume_writing(self) -> None:
        if self._answer is not None:
            self._answer.resume()

    def on_message_begin(self) -> None:
        self._url, self._body = b"", b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        self._is_last = not self._parser.should_keep_alive()
        path = self._url.partition(b"?")[0]
        if path == b"/v1/chat/completions":
            self._chat(orjson.loads(self._body))
        elif path == b"/v1/embeddings":
            self._embed(orjson.loads(self._body))
        elif path == b"/v1/models":
            models = [{"id": name, "object": "model"} for name in ("bench-chat", "bench-embed")]
            self._respond({"object": "list", "data": models})
        elif path == b"/stats":
            self._respond(self._desk.stats())
        else:
            self._respond({"error": {"message": "no such path", "type": "not_found"}}, 404)

    def write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)

    def finish(self, data: bytes) -> None:
        self._answer = None
        self.write(data)
        if self._is_last:
            self._transport.close()

    def _chat(self, body: dict[str, Any]) -> None:
        prompt = [str(message["content"]) for message in body["messages"]]
        self._desk.counts["chats"] += 1
        self._desk.counts["prompt_chars"] += sum(map(len, prompt))
        model = str(body["model"])
        wanted = pace.find(prompt[-1]) or pace.find(model) or Pace()
        if not body.get("stream"):
            text = pace.answer(wanted.tokens)
            self._respond(whole(model, text, wanted.tokens))
            return
        with_usage = bool((body.get("stream_options") or {}).get("include_usage"))
        frames = self.frames(model, prompt[-1], with_usage)
        self._answer = Answer(self._desk, self, frames, wanted)

    def frames(self, model: str, question: str, with_usage: bool) -> Frames:
        """What the answer to a question is made of."""
        return frames_of(model, with_usage)

    def _embed(self, body: dict[str, Any]) -> None:
        self._desk.counts["embeddings"] += 1
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        as_base64 = body.get("encoding_format") == "base64"
        wanted = pace.find(str(texts[0])) or pace.find(str(body["model"])) or Pace()
        found = vectors.response(str(body["model"]), [str(text) for text in texts], as_base64)
        later = asyncio.get_running_loop().call_later
        later(wanted.embedding_ms / 1000, self._respond, found)

    def _respond(self, value: dict[str, Any], status: int = 200) -> None:
        body = orjson.dumps(value, option=_JSON)
        head = b"HTTP/1.1 %d OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        self.finish(head % (status, len(body)) + body)


async def serve(link: type[Link] = Link) -> None:
    """Print the port, and answer there for good."""
    desk = Desk()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: link(desk), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())
