"""A stand-in for LangSmith on the loopback: it keeps what it is sent of feedback."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from types import TracebackType
from typing import Any, Self

PROJECT = "5b4f0a44-8f1b-4f7e-9a5c-2f0f6a1d9c11"
_ZERO = "00000000-0000-0000-0000-000000000000"


class LangSmithServer:
    """`feedback`: method, path and body of each request about it, in the order they came."""

    def __init__(self) -> None:
        self.feedback: Queue[tuple[str, str, dict[str, Any]]] = Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that turn its tracing on."""
        return {
            "LANGSMITH_TRACING": "true",
            "LANGCHAIN_TRACING_V2": "true",
            "LANGSMITH_API_KEY": "ls-stand-in",
            "LANGSMITH_ENDPOINT": f"http://127.0.0.1:{self._server.server_port}",
            "LANGSMITH_PROJECT": "questions",
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        kept = self.feedback

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path.startswith("/sessions?"):
                    more = {"start_time": "2026-01-01T00:00:00", "reference_dataset_id": None}
                    self._answer([{"id": PROJECT, "name": "questions", "tenant_id": _ZERO, **more}])
                else:
                    self._answer({"version": "0.10.0"})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"] or 0))
                if self.path.startswith("/feedback"):
                    kept.put((self.command, self.path, json.loads(body)))
                self._answer({})

            do_PATCH = do_POST  # noqa: N815 - as the library calls it

            def _answer(self, body: object) -> None:
                data = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
