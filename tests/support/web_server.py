"""A web server on the loopback that answers what a test tells it to."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

HTML = {"Content-Type": "text/html"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path answers. `body` may be endless: a function that yields parts."""

    body: bytes | str | Callable[[], Iterator[bytes]] = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})
    silent: bool = False
    """Never answers; the connection stays open until the server is closed."""


def redirect(location: str) -> Answer:
    """A redirect to `location`."""
    return Answer(status=302, headers={"Location": location})


class WebServer:
    """Serves `pages` (path with query -> Answer) until the `with` block ends.

    What is not in `pages` is answered 404; of a list of answers each is given once, the last
    one from then on. `requests` keeps (path, headers) of all asked, `most_at_once` how many
    were being answered at the same time.
    """

    def __init__(self, pages: dict[str, Answer | list[Answer]] | None = None) -> None:
        self.pages: dict[str, Any] = pages if pages is not None else {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.most_at_once = 0
        self._at_once = 0
        self._counting = threading.Lock()
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        # A short poll, since closing waits for it.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str = "/") -> str:
        """The full address of `path`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def asked_for(self, path: str) -> int:
        """How many times a path was asked for."""
        return sum(asked == path for asked, _ in self.requests)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Write the answer to one request; called in the request's own thread."""
        with self._counting:
            # Who waits for a service that had this port before asks nothing of this test.
            if request.path != "/readyz":
                self.requests.append((request.path, dict(request.headers.items())))
            answer = self.pages.get(request.path, Answer("no such page", status=404))
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            last = self._write(request, answer)
        finally:
            with self._counting:
                self._at_once -= 1
        # Only now: who has read all of an answer may ask again before this thread goes on.
        request.wfile.write(last)

    def _write(self, request: BaseHTTPRequestHandler, answer: Answer) -> bytes:
        """Write an answer but for the last bytes, which are returned."""
        if answer.silent:
            self._closing.wait()
            return b""
        request.send_response(answer.status)
        for name, value in answer.headers.items():
            request.send_header(name, value)
        if callable(answer.body):
            request.send_header("Connection", "close")
            request.end_headers()
            for part in answer.body():
                if self._closing.is_set():
                    break
                request.wfile.write(part)
            return b""  # it ends with the connection
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        if "Content-Length" not in answer.headers:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        return body


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for every request, so no thread outlives a test

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay quiet: clients that hang up in the middle are what tests are about."""


def _handler(server: WebServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.answer(self)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
