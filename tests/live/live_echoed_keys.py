"""Servers that repeat our keys in what they answer: neither clients nor the log get to see one."""

import base64
import json
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from rag_stream.redaction import STARS
from tests.support.ending import ENDPOINTS, body_for
from tests.support.openai_server import OpenAIServer
from tests.support.served import over
from tests.support.service import Service

KEYS = {
    "OPENAI_API_KEY": "plain-model-key/1+2=3",
    "RAG_CHROMA_TOKEN": "index&token<1>%2",
    "RAG_RERANK_KEY": "rerank key of words",
}
PASSWORD = "url-pass-word-1"
ALL = [*KEYS.values(), PASSWORD]


def forms() -> dict[str, list[str]]:
    return {
        key: [
            key,
            urllib.parse.quote(key, safe=""),
            json.dumps(key)[1:-1],
            base64.b64encode(f"user:{key}".encode()).decode(),
            base64.b64encode(key.encode()).decode(),
        ]
        for key in ALL
    }


ECHO = "refused: " + " ; ".join(form for each in forms().values() for form in each)


class Echo(BaseHTTPRequestHandler):
    """Refuses every request in words that hold all the keys."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = json.dumps({"error": {"message": ECHO, "code": ECHO}}).encode()
        self.send_response(self.server.status, "no")  # type: ignore[attr-defined]
        self.send_header("content-length", str(len(body)))
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def echo() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("status", [401, 500])
@pytest.mark.parametrize("what", ["model", "index", "reranker"])
def test_no_key_comes_back(
    echo: ThreadingHTTPServer, chroma_url: str, what: str, status: int
) -> None:
    echo.status = status  # type: ignore[attr-defined]
    url = f"http://user:{PASSWORD}@127.0.0.1:{echo.server_port}"
    with OpenAIServer() as model:
        env = over(model, chroma_url, RAG_RETRIES=0) | KEYS
        if what == "model":
            env |= {"OPENAI_BASE_URL": f"{url}/v1", "RAG_SEARCH_TYPE": "lexical"}
        elif what == "index":
            env |= {"RAG_CHROMA_URL": url}
        else:
            env |= {"RAG_RERANK_URL": url, "RAG_RERANK_MODEL": "m"}
        with (
            Service(env=env, ready="/healthz") as service,
            httpx.Client(trust_env=False, timeout=30) as client,
        ):
            seen = client.get(f"{service.url}/readyz").text
            for endpoint in ENDPOINTS:
                body = body_for("What is Task Decomposition?", endpoint)
                answer = client.post(f"{service.url}/rag/{endpoint}", json=body)
                seen += f"{answer.headers}{answer.text}"
            seen += service.output()
    assert STARS in seen or what == "reranker"  # which is quoted nowhere
    for key, written in forms().items():
        for form in written:
            assert form not in seen, (key, form)
            assert form[: len(form) // 2] not in seen, (key, form)
