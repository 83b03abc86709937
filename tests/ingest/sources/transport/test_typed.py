"""What was typed may be private, and lead to no more than itself."""

from itertools import chain, repeat

import pytest

from ingest.sources.fetch import fetch
from rag_stream.errors import SourceError
from tests.support.small_internet import LIMITS, PUBLIC, World, client, got, refused
from tests.support.web_server import Answer, WebServer, redirect


async def test_what_was_typed_may_be_private_and_stay_where_it_is(server: WebServer) -> None:
    server.pages |= {"/": redirect("/b"), "/b": redirect("http://wiki.example/secret")}
    world = World(server, wiki_example=repeat(["10.0.0.1"]))
    assert (await got(world, "http://wiki.example/")).body == b"the secret"
    entry = "http://wiki.example/secret"
    assert (await got(world, entry, "http://wiki.example/sitemap.xml")).body == b"the secret"


@pytest.mark.parametrize(
    "location",
    ["http://wiki.example:8080/secret", "http://10.0.0.1/secret", "http://other.example/secret"],
)
async def test_what_was_typed_does_not_lead_to_its_neighbours(
    location: str, server: WebServer
) -> None:
    server.pages["/"] = redirect(location)
    world = World(server, wiki_example=repeat(["10.0.0.1"]), other_example=[["10.0.0.2"]])
    assert "private address" in await refused(world, "http://wiki.example/")
    assert [path for path, _ in server.requests] == ["/"]


async def test_a_page_elsewhere_does_not_lead_to_what_was_typed(server: WebServer) -> None:
    """Nor over a connection that is open to it already."""
    server.pages |= {"/ours": Answer("ours"), "/": redirect("http://wiki.example/secret")}
    world = World(server, wiki_example=repeat(["10.0.0.1"]), evil_example=[[PUBLIC]])
    async with client(world) as http:
        await fetch(http, "http://wiki.example/ours", limits=LIMITS)
        with pytest.raises(SourceError, match="private address"):
            await fetch(http, "http://evil.example/", limits=LIMITS)
    assert [path for path, _ in server.requests] == ["/ours", "/"]


async def test_a_typed_host_that_was_public_cannot_become_private(server: WebServer) -> None:
    server.pages["/sitemap.xml"] = Answer("x", headers={"Connection": "close"})
    world = World(server, evil_example=chain([[PUBLIC]], repeat(["127.0.0.1"])))
    async with client(world) as http:
        typed = "http://evil.example/sitemap.xml"
        await fetch(http, typed, limits=LIMITS)
        with pytest.raises(SourceError, match="private address"):
            await fetch(http, "http://evil.example/secret", typed=typed, limits=LIMITS)
    assert world.connected == [PUBLIC]


async def test_nor_become_private_on_the_way_to_https(server: WebServer) -> None:
    server.pages["/"] = redirect("https://evil.example/secret")
    world = World(server, evil_example=chain([[PUBLIC]], repeat(["127.0.0.1"])))
    assert "private address" in await refused(world, "http://evil.example/")
    assert world.connected == [PUBLIC]


async def test_what_is_allowed_is_allowed(server: WebServer) -> None:
    server.pages["/"] = redirect("http://10.0.0.1/secret")
    world = World(server, a_example=[[PUBLIC]])
    async with client(world, allow_private=True) as http:
        fetched = await fetch(http, "http://a.example/", limits=LIMITS)
    assert fetched.body == b"the secret"
