"""What a page of another site can do to a service on loopback, by each way to serve."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.ending import body_for
from tests.support.faulty_model import FaultyModel
from tests.support.nginx import WEBSOCKETS, Nginx
from tests.support.raw_client import connect, read_to_end
from tests.support.served import over
from tests.support.service import APP, Service

UVICORN = (sys.executable, "-m", "uvicorn", "app.server:app", "--port", "{port}")
ASK = json.dumps(body_for("What is it?", "invoke")).encode()
ENDPOINTS = ("invoke", "batch", "stream", "stream_log", "stream_events", "c/N4Ig/stream")


@pytest.fixture(scope="module")
def model() -> Iterator[FaultyModel]:
    with FaultyModel() as model:
        yield model


@pytest.fixture(scope="module", params=[APP, UVICORN], ids=["python -m app", "uvicorn"])
def service(
    model: FaultyModel, chroma_url: str, request: pytest.FixtureRequest
) -> Iterator[Service]:
    with Service(request.param, env=over(model, chroma_url)) as service:
        yield service


@pytest.fixture
def client(service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, trust_env=False, timeout=30) as client:
        yield client


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_form_or_text_from_another_site_asks_nothing(
    client: httpx.Client, model: FaultyModel, endpoint: str
) -> None:
    before = len(model.calls)
    for headers in (
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"origin": "https://evil.example"},
    ):
        response = client.post(f"/rag/{endpoint}", content=ASK, headers=headers)
        assert (response.status_code, response.json()["code"]) == (415, "not_json")
    assert len(model.calls) == before


def test_a_page_whose_name_leads_here_reads_nothing(client: httpx.Client) -> None:
    for path in ("/", "/healthz", "/rag/playground/", "/rag/input_schema", "/nowhere"):
        response = client.get(path, headers={"host": "evil.example"})
        assert (response.status_code, response.json()["code"]) == (421, "host_not_allowed")
    response = client.post(
        "/rag/invoke", content=ASK, headers={"host": "a.evil.example:8000", **JSON}
    )
    assert response.status_code == 421


JSON = {"content-type": "application/json"}


def test_our_own_page_and_programs_are_answered(client: httpx.Client, service: Service) -> None:
    for headers in ({}, JSON, {**JSON, "origin": service.url, "host": "localhost"}):
        assert client.post("/rag/invoke", content=ASK, headers=headers).status_code == 200


def test_names_that_were_allowed_are_answered(model: FaultyModel, chroma_url: str) -> None:
    allowed = over(model, chroma_url, RAG_ALLOWED_HOSTS="docs.example.org, *.example.net")
    with Service(env=allowed) as service:
        for host, status in (("docs.example.org", 200), ("a.example.net", 200), ("b.org", 421)):
            url = f"{service.url}/healthz"
            response = httpx.get(url, headers={"host": host}, trust_env=False, timeout=60)
            assert response.status_code == status


@pytest.mark.parametrize("path", ["/rag/playground/", "/docs", "/redoc"])
def test_no_page_can_be_shown_inside_another(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["content-security-policy"] == "frame-ancestors 'none'"
    assert response.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/rag/playground", "./playground/"),
        ("/rag/playground?a=b%0d", "./playground/?a=b%0d"),
        ("/healthz/", "../healthz"),
        ("/rag/input_schema/", "../input_schema"),
    ],
)
def test_a_slash_too_many_or_too_few_is_redirected_without_a_host(
    client: httpx.Client, path: str, location: str
) -> None:
    response = client.get(path)
    assert (response.status_code, response.headers["location"]) == (307, location)
    assert client.get(path, follow_redirects=True).status_code == 200


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/", "/\\evil.example/"])
def test_a_path_that_looks_like_an_address_leads_nowhere(service: Service, path: str) -> None:
    with connect(service.port) as link:
        asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        link.sendall(asked.encode())
        reply = read_to_end(link)
    assert reply.startswith(b"HTTP/1.1 404")
    assert b"location:" not in reply


def test_feedback_is_not_there(client: httpx.Client) -> None:
    assert client.post("/rag/token_feedback", json={}).status_code == 404
    assert client.get("/openapi.json").text.count("token_feedback") == 0


@pytest.mark.parametrize("pause", [0, 0.1], ids=["at once", "later"])
def test_the_body_of_an_upgrade_is_never_a_request(service: Service, pause: float) -> None:
    hidden = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with connect(service.port) as link:
        link.sendall(
            b"POST /rag/invoke HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: upgrade\r\n"
            b"Upgrade: anything\r\nContent-Length: %d\r\n\r\n" % len(hidden)
        )
        time.sleep(pause)
        try:
            link.sendall(hidden)
            link.sendall(b"GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        except ConnectionError:
            pass  # it has been closed
        reply = read_to_end(link)
    assert b'{"status":"ok"}' not in reply
    assert not reply or reply.startswith(b"HTTP/1.1 4"), reply


@pytest.mark.parametrize("pause", [0, 0.1], ids=["at once", "later"])
@pytest.mark.parametrize("connection", [b"", b"Connection: keep-alive\r\n"])
def test_an_upgrade_without_a_connection_that_offers_it_is_a_plain_request(
    service: Service, connection: bytes, pause: float
) -> None:
    """Some clients and proxies send the one header and not the other."""
    with connect(service.port) as link:
        link.sendall(
            b"POST /rag/invoke HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: h2c\r\n"
            b"%bContent-Length: %d\r\n\r\n" % (connection, len(ASK))
        )
        time.sleep(pause)
        link.sendall(ASK + b"GET /healthz HTTP/1.1\r\nHost: a.localhost\r\n")
        link.sendall(b"Connection: close\r\n\r\n")
        reply = read_to_end(link)
    assert reply.startswith(b"HTTP/1.1 200"), reply
    assert b'"answer":' in reply
    assert reply.endswith(b'{"status":"ok"}')


def test_behind_a_proxy_that_passes_upgrades_on_no_body_is_a_request(
    service: Service, tmp_path: Path
) -> None:
    """nginx sends the body in a write of its own where it comes later, and keeps connections."""
    hidden = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with Nginx(service.url, tmp_path, WEBSOCKETS) as nginx, connect(nginx.port) as link:
        link.sendall(
            b"POST /rag/invoke HTTP/1.1\r\nHost: a\r\nUpgrade: anything\r\n"
            b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(hidden), hidden)
        )
        reply = read_to_end(link)
        assert reply.startswith(b"HTTP/1.1 4"), reply
        assert reply.count(b"HTTP/1.1 ") == 1
        assert b'{"status":"ok"}' not in reply
        # And who asks as WebSocket clients never do, but h2c ones:
        headers = {**JSON, "upgrade": "h2c"}
        url = f"{nginx.url}/rag/invoke"
        answer = httpx.post(url, content=ASK, headers=headers, trust_env=False, timeout=30)
        assert answer.status_code in (200, 400)
