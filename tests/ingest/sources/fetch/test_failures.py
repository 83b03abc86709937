"""Why nothing came back, in words."""

import socket
import ssl

import httpx
import pytest

from ingest.sources.fetch import reason
from tests.support.fetched import HTML, failure
from tests.support.web_server import Answer, WebServer

REQUEST = httpx.Request("GET", "https://example.com/")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "answered 404 Not Found"),
        (403, "answered 403 Forbidden"),
        (503, "answered 503 Service Unavailable"),
        (599, "answered 599"),
        (304, "answered 304 Not Modified"),
    ],
)
async def test_refusals(
    status: int, words: str, server: WebServer, client: httpx.AsyncClient
) -> None:
    server.pages["/"] = Answer("no", status=status)
    assert await failure(client, server.url()) == words


async def test_nobody_listens(client: httpx.AsyncClient) -> None:
    with WebServer() as server:
        url = server.url()
    assert await failure(client, url) == "cannot connect: nothing accepts connections there"


async def test_tls_where_there_is_none(server: WebServer, client: httpx.AsyncClient) -> None:
    url = server.url().replace("http:", "https:")
    assert await failure(client, url) == "TLS error: no secure connection could be agreed on"


async def test_a_body_that_breaks_off(server: WebServer, client: httpx.AsyncClient) -> None:
    server.pages["/"] = Answer("short", headers=HTML | {"Content-Length": "1000"})
    words = await failure(client, server.url())
    assert words == "the connection broke off before the answer was complete"


async def test_no_web_address(client: httpx.AsyncClient) -> None:
    assert await failure(client, "http://[::1") == "not a usable web address"


def connect_error(cause: Exception) -> httpx.ConnectError:
    error = httpx.ConnectError("internal words", request=REQUEST)
    error.__cause__ = OSError("more internal words")
    error.__cause__.__context__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectTimeout("x"), "no connection within 10 s"),
        (
            connect_error(ssl.SSLCertVerificationError(1, "x")),
            "TLS error: the certificate could not be verified",
        ),
        (httpx.ProxyError("x"), "the proxy refused the connection"),
        (httpx.LocalProtocolError("x"), "could not be fetched"),
    ],
)
def test_reasons_that_need_the_outside_world(error: Exception, words: str) -> None:
    assert reason(error) == words


def test_an_unknown_host() -> None:
    error = connect_error(socket.gaierror(-2, "x"))
    assert reason(error) == "cannot connect: no host named 'example.com' is known"
