"""Redirects: followed, to where it may go."""

from itertools import repeat

import httpx
import pytest

from ingest.sources.fetch import fetch, open_client
from tests.support.fetched import LIMITS, failure
from tests.support.web_server import Answer, WebServer, redirect


async def test_redirects_are_followed(server: WebServer, client: httpx.AsyncClient) -> None:
    server.pages |= {"/a": redirect("/b"), "/b": redirect("c"), "/c": Answer("here")}
    fetched = await fetch(client, server.url("/a"))
    assert (fetched.url, fetched.body) == (server.url("/c"), b"here")


async def test_the_body_of_a_redirect_is_not_read(
    server: WebServer, client: httpx.AsyncClient
) -> None:
    endless = Answer(lambda: repeat(b"x" * 1000), status=302, headers={"Location": "/b"})
    server.pages |= {"/a": endless, "/b": Answer("here")}
    assert (await fetch(client, server.url("/a"), limits=LIMITS)).body == b"here"


async def test_cookies_go_along_a_redirect_and_do_not_pile_up(
    server: WebServer, client: httpx.AsyncClient
) -> None:
    server.pages |= {
        "/a": Answer(status=302, headers={"Location": "/b", "Set-Cookie": "seen=1"}),
        "/b": Answer("here"),
    }
    await fetch(client, server.url("/a"))
    assert server.requests[-1][1]["Cookie"] == "seen=1"
    for number in range(300):
        server.pages["/c"] = Answer("x", headers={"Set-Cookie": f"c{number}=1"})
        await fetch(client, server.url("/c"))
    assert len(client.cookies.jar) <= 100


def leading_to(url: str) -> Answer:
    return Answer(f"<head><meta http-equiv=refresh content='0; url={url}'></head>Moved.")


async def test_a_page_that_only_leads_on_is_followed(
    server: WebServer, client: httpx.AsyncClient
) -> None:
    server.pages |= {
        "/a": leading_to("b"),
        "/b": redirect("/c"),
        "/c": leading_to("/d"),
        "/d": Answer("here"),
    }
    fetched = await fetch(client, server.url("/a"))
    assert (fetched.url, fetched.body) == (server.url("/d"), b"here")


async def test_pages_that_lead_in_a_circle_end(
    server: WebServer, client: httpx.AsyncClient
) -> None:
    server.pages |= {"/a": leading_to("/b"), "/b": leading_to("/a")}
    assert (await fetch(client, server.url("/a"))).body.endswith(b"Moved.")
    assert len(server.requests) == 4


async def test_a_page_leads_to_what_a_redirect_may_lead_to_alone(server: WebServer) -> None:
    server.pages["/a"] = leading_to("http://10.0.0.1/")
    async with open_client(LIMITS) as client:
        assert "10.0.0.1" in await failure(client, server.url("/a"))


async def test_what_a_server_says_of_links(server: WebServer, client: httpx.AsyncClient) -> None:
    link = '<https://example.org/x>; rel="canonical"'
    server.pages["/a"] = Answer("here", headers={"Link": link})
    assert (await fetch(client, server.url("/a"))).links == link


async def test_redirects_in_a_circle(server: WebServer, client: httpx.AsyncClient) -> None:
    server.pages |= {"/a": redirect("/b"), "/b": redirect("/a")}
    assert await failure(client, server.url("/a")) == "more than 3 redirects"


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("file:///etc/passwd", "leads to an address that is not http or https"),
        ("ftp://127.0.0.1/", "leads to an address that is not http or https"),
    ],
)
async def test_redirects_to_where_it_does_not_go(
    location: str, words: str, server: WebServer, client: httpx.AsyncClient
) -> None:
    server.pages["/"] = redirect(location)
    assert await failure(client, server.url()) == words


async def test_a_redirect_to_a_port_that_does_not_exist(server: WebServer) -> None:
    server.pages["/"] = redirect("http://127.0.0.1:99999/")
    async with open_client(LIMITS, allow_private=True) as client:
        assert await failure(client, server.url()) == "could not be fetched"
