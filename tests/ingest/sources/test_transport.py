"""Where requests may go: over real sockets, with names and addresses as a test wants them.

A `World` stands for the internet: it says which addresses a name has, and connects each address
to a server on the loopback. All that checks addresses is what it is in service.
"""

import socket
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import chain, repeat

import httpcore
import httpx
import pytest

from ingest.sources.fetch import Fetched, Limits, fetch, open_client
from rag_stream.errors import SourceError
from rag_stream.http.happy_eyeballs import Address
from tests.support.addresses import v4, v6
from tests.support.web_server import Answer, WebServer, redirect

LIMITS = Limits(connect_seconds=5, total_seconds=10, max_redirects=3)
PUBLIC, ANOTHER = "93.184.216.34", "8.8.8.8"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as server:
        server.pages["/secret"] = Answer("the secret")
        yield server


class World(httpcore.AsyncNetworkBackend):
    """Names with their addresses, in turn where there are several lots; `connected` to so far."""

    def __init__(self, server: WebServer, **names: Iterable[Sequence[str]]) -> None:
        self._port = httpx.URL(server.url()).port or 0
        self._names = {name.replace("_", "."): iter(lots) for name, lots in names.items()}
        self._inner = httpcore.AnyIOBackend()
        self.connected: list[str] = []

    async def resolve(self, host: str, port: int) -> Sequence[Address]:
        """A resolver: literal addresses are themselves."""
        if host in self._names:
            found = next(self._names[host])
            return [v6(port, one) if ":" in one else v4(port, one) for one in found]
        try:
            return socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
            )
        except socket.gaierror:
            raise socket.gaierror(-2, "unknown") from None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        *rest: object,
        **more: object,
    ) -> httpcore.AsyncNetworkStream:
        self.connected.append(host)
        if host == "8.8.4.4":
            raise httpcore.ConnectError("nobody there")
        return await self._inner.connect_tcp("127.0.0.1", self._port, timeout)


@asynccontextmanager
async def client(world: World, *, allow_private: bool = False) -> AsyncIterator[httpx.AsyncClient]:
    async with open_client(
        LIMITS, allow_private=allow_private, resolve=world.resolve, backend=world
    ) as client:
        yield client


async def got(world: World, url: str, typed: str | None = None) -> Fetched:
    async with client(world) as http:
        return await fetch(http, url, typed=typed, limits=LIMITS)


async def refused(world: World, url: str, typed: str | None = None) -> str:
    """Why it is not fetched; nothing was asked of any private address."""
    with pytest.raises(SourceError) as caught:
        await got(world, url, typed)
    return str(caught.value)


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


async def test_a_name_is_resolved_once_for_the_check_and_the_connection(server: WebServer) -> None:
    server.pages["/"] = Answer("here")
    lots = chain([[PUBLIC]], repeat(["127.0.0.1"]))
    world = World(server, evil_example=lots)
    assert (await got(world, "http://evil.example/", "http://a.example/")).body == b"here"
    assert world.connected == [PUBLIC]
    assert "private" in await refused(world, "http://evil.example/", "http://a.example/")


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


async def test_of_several_addresses_the_private_are_dropped(server: WebServer) -> None:
    server.pages["/"] = Answer("here")
    world = World(server, a_example=[["127.0.0.1", "8.8.4.4", PUBLIC, "::1"]])
    assert (await got(world, "http://a.example/", "http://b.example/")).body == b"here"
    assert world.connected == ["8.8.4.4", PUBLIC]


async def test_what_is_allowed_is_allowed(server: WebServer) -> None:
    server.pages["/"] = redirect("http://10.0.0.1/secret")
    world = World(server, a_example=[[PUBLIC]])
    async with client(world, allow_private=True) as http:
        fetched = await fetch(http, "http://a.example/", limits=LIMITS)
    assert fetched.body == b"the secret"


async def test_an_unknown_name(server: WebServer) -> None:
    words = await refused(World(server), "http://none.example/", "http://a.example/")
    assert words.endswith("cannot connect: no host named 'none.example' is known")


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "10.0.0.1.",
        "2130706433",
        "localhost",
        "a.localhost.",
        "[::1]",
        "[::ffff:127.0.0.1%25lo]",
        "[fe80::1%25eth0]",
        "loc%61lhost.example",
        "router",
        "wiki.internal",
        "private.example",
    ],
)
async def test_through_a_proxy_what_is_known_to_be_private_is_refused(
    host: str, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy would connect; the real proxy here answers for every host."""
    monkeypatch.setenv("HTTP_PROXY", server.url())
    monkeypatch.setenv("NO_PROXY", "")
    server.pages |= {
        "http://a.example/": redirect(f"http://{host}/secret"),
        "http://b.example/": redirect("http://only-the-proxy-knows.example/x"),
        "http://only-the-proxy-knows.example/x": Answer("beyond"),
    }
    world = World(server, private_example=[["10.0.0.1"]])
    assert "private address" in await refused(world, "http://a.example/")
    assert [path for path, _ in server.requests] == ["http://a.example/"]
    assert (await got(world, "http://b.example/")).body == b"beyond"


async def test_through_a_proxy_what_was_typed_may_be_private(
    server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url().removeprefix("http://"))
    monkeypatch.setenv("NO_PROXY", "")
    server.pages["http://10.0.0.1/"] = Answer("ours")
    assert (await got(World(server), "http://10.0.0.1/")).body == b"ours"


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        *(
            (
                f"{scheme}://user:secret@127.0.0.1:9",
                f"expected the environment's proxy to be http:// or https://, got '{scheme}://'",
            )
            for scheme in ("socks5", "socks5h", "socks4", "ftp")
        ),
        ("http://[::1", "the environment's proxy is no usable web address"),
    ],
)
async def test_a_proxy_that_cannot_be_used_is_told(
    proxy: str, words: str, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    monkeypatch.setenv("NO_PROXY", "")
    world = World(server, a_example=[[PUBLIC]])
    url = "http://a.example/"
    assert await refused(world, url) == f"{url}: {words}"
    assert (world.connected, server.requests) == ([], [])
