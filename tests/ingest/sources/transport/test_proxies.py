"""Where requests may go when a proxy connects."""

import pytest

from tests.support.small_internet import PUBLIC, World, got, refused
from tests.support.web_server import Answer, WebServer, redirect


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
