"""The playground's files: filled in once, cached by browsers, nothing else to be had."""

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.playground.assets import Playground
from app.playground.chat_view import OUTPUT_SCHEMA
from app.routes.chat_schema import Messages
from rag_stream.runnable import RagChain

PAGE = "index.html"
DIST = Path(str(files("langserve") / "playground" / "dist"))
NAMES = [path.relative_to(DIST).as_posix() for path in DIST.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def playground() -> Playground:
    return Playground(RagChain(), "/rag")


def request(*, root_path: str = "", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": "/", "root_path": root_path, "headers": raw}
    return Request(scope)


def body(response: Response) -> str:
    return bytes(response.body).decode()


def window(page: str, name: str) -> Any:
    """The JSON that the page's script puts under `window.NAME`."""
    found = re.search(rf"window\.{name} = (.*);\n", page)
    assert found is not None
    return orjson.loads(found[1])


@pytest.mark.parametrize("name", NAMES)
def test_every_file_of_the_page_is_served(playground: Playground, name: str) -> None:
    response = playground.respond(name, request())
    assert response.status_code == 200
    assert response.body
    types = {
        "html": "text/html",
        "js": "application/javascript",
        "css": "text/css",
        "ico": "image/",
    }
    assert response.headers["content-type"].startswith(types[name.rpartition(".")[2]])


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name.endswith((".html", ".js", ".css"))]
)
def test_no_placeholder_is_left(playground: Playground, name: str) -> None:
    assert "____LANGSERVE" not in body(playground.respond(name, request()))


def test_the_folder_itself_is_the_page(playground: Playground) -> None:
    assert playground.respond("", request()).body == playground.respond(PAGE, request()).body


def test_the_page_has_the_chains_schemas(playground: Playground) -> None:
    page = body(playground.respond(PAGE, request()))
    chain = RagChain()
    assert window(page, "INPUT_SCHEMA") == chain.get_input_schema().model_json_schema()
    assert window(page, "OUTPUT_SCHEMA") == chain.get_output_schema().model_json_schema()
    fields = window(page, "CONFIG_SCHEMA")["$defs"]["Configurable"]["properties"]
    assert set(fields) == {"k", "search_type", "filter"}


def test_feedback_and_trace_links_are_off(playground: Playground) -> None:
    page = body(playground.respond(PAGE, request()))
    assert window(page, "FEEDBACK_ENABLED") == "false"
    assert window(page, "PUBLIC_TRACE_LINK_ENABLED") == "false"


@pytest.mark.parametrize(
    ("root_path", "base"),
    [
        ("", "/rag/playground"),
        ("/docs/ai", "/docs/ai/rag/playground"),
        ("/x/", "/x/rag/playground"),
    ],
)
def test_the_page_finds_its_files_where_the_app_is_mounted(
    playground: Playground, root_path: str, base: str
) -> None:
    page = body(playground.respond(PAGE, request(root_path=root_path)))
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert addresses
    for address in addresses:
        assert address.startswith(f"{base}/")
        assert address.removeprefix(f"{base}/") in NAMES


def test_one_mount_does_not_get_the_page_of_another(playground: Playground) -> None:
    first = playground.respond(PAGE, request(root_path="/a"))
    second = playground.respond(PAGE, request(root_path="/b"))
    assert first.headers["etag"] != second.headers["etag"]
    assert playground.respond(PAGE, request(root_path="/a")).body == first.body


def test_a_chain_at_the_root_has_a_page_too() -> None:
    page = body(Playground(RagChain(), "").respond(PAGE, request()))
    assert 'src="/playground/assets/' in page


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("template", ["{}", "W/{}", '"old", {}', '"old",W/{} , "older"'])
def test_a_browser_that_has_the_file_is_told_so(
    playground: Playground, name: str, template: str
) -> None:
    etag = playground.respond(name, request()).headers["etag"]
    response = playground.respond(name, request(if_none_match=template.format(etag)))
    assert response.status_code == 304
    assert response.body == b""
    assert response.headers["etag"] == etag
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("sent", ["", '""', '"other"', "W/", "*junk*"])
def test_a_browser_that_has_another_file_gets_this_one(playground: Playground, sent: str) -> None:
    response = playground.respond(PAGE, request(if_none_match=sent))
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "nope.js",
        "assets",
        "assets/",
        "assets/nope.js",
        "\0",
        "index.html\0.js",
        "../playground.py",
        "../../__init__.py",
        "assets/../index.html",
        "./index.html",
        "/etc/passwd",
        "//etc/passwd",
        "INDEX.HTML",
        "index.html/",
        "x" * 10_000,
        "\ud83d",
    ],
)
def test_any_other_path_is_not_found(playground: Playground, path: str) -> None:
    with pytest.raises(HTTPException) as caught:
        playground.respond(path, request())
    assert caught.value.status_code == 404


CHAT_DIST = DIST.parents[1] / "chat_playground" / "dist"
CHAT_NAMES = [
    path.relative_to(CHAT_DIST).as_posix() for path in CHAT_DIST.rglob("*") if path.is_file()
]


@pytest.fixture(scope="module")
def chat() -> Playground:
    runnable = RagChain().with_types(input_type=Messages)
    return Playground(runnable, "/chat", kind="chat", output_schema=OUTPUT_SCHEMA)


def test_the_chat_page_has_files_of_its_own(chat: Playground) -> None:
    for name in CHAT_NAMES:
        response = chat.respond(name, request())
        assert response.status_code == 200
        if name.endswith((".html", ".js", ".css")):
            assert "____LANGSERVE" not in body(response)
    addresses = re.findall(
        r'(?:src|href)="/chat/playground/([^"]*)"', body(chat.respond("", request()))
    )
    assert addresses
    assert set(addresses) <= set(CHAT_NAMES)


def test_the_chat_page_has_schemas_that_it_takes(chat: Playground) -> None:
    page = body(chat.respond("", request()))
    properties = window(page, "INPUT_SCHEMA")["properties"]
    assert {name: field["type"] for name, field in properties.items()} == {"messages": "array"}
    assert window(page, "OUTPUT_SCHEMA")["type"] == "string"
