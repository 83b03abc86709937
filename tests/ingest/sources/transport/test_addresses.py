"""Where requests may go: public addresses, as they were checked."""

from itertools import chain, repeat

import pytest

from tests.support.small_internet import ANOTHER, PUBLIC, World, got, refused
from tests.support.web_server import Answer, WebServer, redirect


async def test_a_public_page_is_fetched_at_the_address_that_was_checked(server: WebServer) -> None:
    server.pages["/"] = Answer("here")
    world = World(server, a_example=[[PUBLIC]])
    assert (await got(world, "http://a.example/")).body == b"here"
    assert world.connected == [PUBLIC]
    assert server.requests[0][1]["Host"] == "a.example"


PRIVATE = [
    *("127.0.0.1", "2130706433", "0x7f000001", "127.1", "0.0.0.0"),  # noqa: S104
    *("10.0.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]"),
    *("[2002:7f00:1::]", "private.example"),
]


@pytest.mark.parametrize("host", PRIVATE)
async def test_a_redirect_to_a_private_address_is_refused(host: str, server: WebServer) -> None:
    server.pages["/"] = redirect(f"http://{host}:8080/secret")
    world = World(server, a_example=[[PUBLIC]], private_example=[["192.168.1.1"]])
    words = await refused(world, "http://a.example/")
    assert "port 8080: a private address, which is fetched only where it is typed" in words
    assert world.connected == [PUBLIC]
    assert [path for path, _ in server.requests] == ["/"]


@pytest.mark.parametrize("host", PRIVATE)
async def test_a_sitemaps_private_address_is_refused(host: str, server: WebServer) -> None:
    world = World(server, private_example=[["192.168.1.1"]])
    words = await refused(world, f"http://{host}/secret", "http://a.example/sitemap.xml")
    assert "--allow-private" in words
    assert (world.connected, server.requests) == ([], [])


@pytest.mark.parametrize(
    "host", ["127.0.0.1.", "0177.0.0.1", "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021"]
)
async def test_other_spellings_lead_nowhere_either(host: str, server: WebServer) -> None:
    """In whose words depends on who reads them first."""
    world = World(server)
    assert await refused(world, f"http://{host}/secret", "http://a.example/sitemap.xml")
    assert (world.connected, server.requests) == ([], [])


async def test_every_redirect_on_the_way_is_checked(server: WebServer) -> None:
    server.pages |= {"/": redirect("http://b.example/two"), "/two": redirect("http://10.0.0.1/")}
    world = World(server, a_example=[[PUBLIC]], b_example=[[ANOTHER]])
    assert "private address" in await refused(world, "http://a.example/")
    assert world.connected == [PUBLIC, ANOTHER]


async def test_a_name_is_resolved_once_for_the_check_and_the_connection(server: WebServer) -> None:
    server.pages["/"] = Answer("here")
    lots = chain([[PUBLIC]], repeat(["127.0.0.1"]))
    world = World(server, evil_example=lots)
    assert (await got(world, "http://evil.example/", "http://a.example/")).body == b"here"
    assert world.connected == [PUBLIC]
    assert "private" in await refused(world, "http://evil.example/", "http://a.example/")


async def test_of_several_addresses_the_private_are_dropped(server: WebServer) -> None:
    server.pages["/"] = Answer("here")
    world = World(server, a_example=[["127.0.0.1", "8.8.4.4", PUBLIC, "::1"]])
    assert (await got(world, "http://a.example/", "http://b.example/")).body == b"here"
    assert world.connected == ["8.8.4.4", PUBLIC]


async def test_an_unknown_name(server: WebServer) -> None:
    words = await refused(World(server), "http://none.example/", "http://a.example/")
    assert words.endswith("cannot connect: no host named 'none.example' is known")
