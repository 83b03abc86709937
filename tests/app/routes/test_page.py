"""The page over HTTP: its files by name, again only where they are others."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from app.error_responses import install
from app.page.assets import read_assets
from app.routes.page import page_routes


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(page_routes())
    install(app)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as client:
        yield client


async def test_each_file_is_given(client: httpx.AsyncClient) -> None:
    for name, file in read_assets().items():
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


@pytest.mark.parametrize(
    "path", ["/page/nope.js", "/page/..%2Fassets.py", "/page/../assets.py", "/page/%00", "/page/"]
)
async def test_what_is_none_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "http_error"
