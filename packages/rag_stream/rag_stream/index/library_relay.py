"""A folder's own server for Chroma's client library, which knows nothing but a host and a port.

Its requests come to a port of this process, where only those with a token made for this one
relay are passed on. The token travels in a header, which no page can send unasked.
"""

import http.client
import secrets
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from rag_stream.index.connections import take

TOKEN_HEADER = "x-rag-stream-relay"  # noqa: S105 - its name
_PASSED_ON = ("content-type", "user-agent")


@contextmanager
def relayed(path: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The port and the headers to ask with, while the block lasts; `path` is the broker's."""
    token = secrets.token_urlsafe(32)

    class Handler(_Handler):
        expected = token
        broker = path

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.server_port, {TOKEN_HEADER: token}
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    expected: str
    broker: str
    protocol_version = "HTTP/1.1"

    def _relay(self) -> None:
        self.close_connection = True
        if not compare_digest(self.headers.get(TOKEN_HEADER, "").encode(), self.expected.encode()):
            self.send_error(403)
            return
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
        with closing(http.client.HTTPConnection("localhost")) as link:
            link.sock = take(self.broker)
            link.sock.settimeout(None)
            link.request(self.command, self.path, body, headers)
            answer = link.getresponse()
            content = answer.read()
        self.send_response(answer.status)
        self.send_header("content-type", answer.getheader("content-type", "application/json"))
        self.send_header("content-length", str(len(content)))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _relay  # noqa: N815 - the library's names

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""
