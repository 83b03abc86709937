"""The page over HTTP: its files by name, again only where they are others."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from app.error_responses import install
from app.page.assets import INDEX, read_assets
from app.page.overview import Overview
from app.routes.page import page_routes
from app.server import create_app
from app.state import AppState
from rag_stream.runnable import RagChain
from rag_stream.settings import LOCAL_CHAT, Settings, load_settings
from tests.support.corpus import fill
from tests.support.in_process import running


@asynccontextmanager
async def served(
    settings: Settings, below: tuple[FastAPI, str] | None = None, wait_s: float = 60.0
) -> AsyncIterator[httpx.AsyncClient]:
    """The page of a chain with these settings; `below` a path of another application."""
    chain, app = RagChain(settings), FastAPI()
    overview = Overview(chain.runtime, wait_s)
    app.include_router(page_routes(chain, AppState(chain), overview))
    install(app)
    if below is not None:
        below[0].mount(below[1], app)
    transport = httpx.ASGITransport(below[0] if below else app)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client
    finally:
        await overview.aclose()
        await chain.aclose()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with served(load_settings()) as client:
        yield client


async def test_each_file_is_given(client: httpx.AsyncClient) -> None:
    for name, file in read_assets().items():
        if name == INDEX:
            continue
        answer = await client.get(f"/page/{name}")
        assert answer.status_code == 200
        assert answer.content == file.plain
        assert file.headers.items() <= dict(answer.headers).items()
        head = await client.head(f"/page/{name}")
        assert head.content == b""
        assert head.headers == answer.headers


async def test_the_page_is_at_the_root(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.content == read_assets()["index.html"].plain
    assert (await client.head("/")).headers == answer.headers
    assert (await client.post("/")).status_code == 405


async def test_it_works_below_another_path(settings: Settings) -> None:
    async with served(settings, below=(FastAPI(), "/our/bot")) as client:
        page = await client.get("/our/bot/")
        addresses = re.findall(r'(?:src|href)="(page/[^"]+)"', page.text)
        assert len(addresses) >= 3
        for address in (*addresses, "page/info", "favicon.ico"):
            assert (await client.get(f"/our/bot/{address}")).status_code == 200, address


async def test_who_has_it_is_not_sent_it_again(client: httpx.AsyncClient) -> None:
    tag = (await client.get("/")).headers["etag"]
    for sent in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
        again = await client.get("/", headers={"if-none-match": sent})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["cache-control"] == "no-cache"
    assert (await client.get("/", headers={"if-none-match": '"other"'})).status_code == 200


async def test_the_icon_is_where_browsers_look_for_it(client: httpx.AsyncClient) -> None:
    answer = await client.get("/favicon.ico")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith("<svg")
    assert answer.headers["cache-control"] == "no-cache"
    again = await client.get("/favicon.ico", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")


@pytest.mark.parametrize(
    "path",
    [
        "/page/nope.js",
        "/page/index.html",
        "/page/..%2Fassets.py",
        "/page/../assets.py",
        "/page/%00",
        "/page/",
    ],
)
async def test_what_is_none_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "http_error"


async def test_the_service_says_what_it_is(settings: Settings) -> None:
    await fill(settings)
    async with served(settings) as client:
        answer = await client.get("/page/info")
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert told["model"] == {"name": "openai:gpt-4o-mini", "quotes": False}
    assert (told["ready"], told["documents"], told["chunks"]) == (True, 1, 5)
    assert told["resumeSeconds"] == settings.resume_s


async def test_that_it_says_something_can_be_asked(settings: Settings) -> None:
    async with served(settings, wait_s=0.0) as client:
        head = await client.head("/page/info")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["cache-control"] == "no-store"


async def test_the_local_answerer_quotes(settings: Settings) -> None:
    local = settings.model_copy(update={"chat_model": LOCAL_CHAT})
    async with served(local, wait_s=0.0) as client:
        told = (await client.get("/page/info")).json()
    assert told["model"] == {"name": LOCAL_CHAT, "quotes": True}
    assert [obstacle["code"] for obstacle in told["obstacles"]] == ["starting"]


async def test_its_links_lead_to_what_it_serves(settings: Settings) -> None:
    await fill(settings)
    async with running(create_app(RagChain(settings))) as client:
        for link in (await client.get("/page/info")).json()["links"]:
            assert (await client.get(f"/{link['href']}")).status_code == 200, link


def test_what_it_says_is_documented() -> None:
    document = create_app().openapi()
    said = document["paths"]["/page/info"]["get"]["responses"]["200"]["content"]
    assert said["application/json"]["schema"]["$ref"].endswith("/Information")
    fields = document["components"]["schemas"]["Information"]["properties"]
    assert {"resumeSeconds", "questionChars", "examples"} <= fields.keys()
    assert not {"/", "/page/{file}", "/favicon.ico"} & document["paths"].keys()
