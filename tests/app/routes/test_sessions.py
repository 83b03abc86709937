"""A caller's sessions over HTTP: its own and nobody else's, page by page, or none are kept."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from jsonschema import Draft202012Validator
from starlette.requests import Request

from app.routes.caller import caller_of
from app.server import create_app
from app.sessions.schemas import SESSION, SESSION_LIST
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.in_process import running
from tests.support.told_chain import ToldChain

ME = {"Authorization": "Bearer me"}
YOU = {"X-API-Key": "you"}
FIELD = "config.configurable.session_id: "


@pytest.fixture
async def client(settings: Settings, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    await fill(settings)
    on = {"sessions": True, "chroma_path": tmp_path / "data" / "chroma"}
    async with running(create_app(ToldChain(settings.model_copy(update=on)))) as client:
        yield client


async def ask(
    client: httpx.AsyncClient, session: object, headers: Any = ME, **chosen: object
) -> httpx.Response:
    body = {
        "input": {"input": "What is task decomposition?"},
        "config": {"configurable": {"session_id": session, **chosen}},
    }
    return await client.post("/rag/invoke", json=body, headers=headers)


async def test_they_are_their_callers(client: httpx.AsyncClient) -> None:
    output = (await ask(client, "a session/1?")).json()["output"]
    assert output["status"]["session"] == {
        "session_id": "a session/1?",
        "turn": 1,
        "stored": True,
    }
    address = f"/chat/sessions/{quote('a session/1?', safe='')}"
    mine = await client.get(address, headers=ME)
    assert mine.json()["turns"][0]["answer"] == output["answer"]
    assert mine.json()["next"] is None
    Draft202012Validator(SESSION).validate(mine.json())
    for headers in (YOU, {}):
        for method in ("GET", "DELETE"):
            response = await client.request(method, address, headers=headers)
            assert (response.status_code, response.json()["code"]) == (404, "session_not_found")
        refused = await ask(client, "a session/1?", headers)
        assert (refused.status_code, refused.json()["code"]) == (404, "session_not_found")
        assert refused.json()["message"].startswith(FIELD)
        assert (await client.get("/chat/sessions", headers=headers)).json()["sessions"] == []
    listed = (await client.get("/chat/sessions", headers=ME)).json()
    assert [session["session_id"] for session in listed["sessions"]] == ["a session/1?"]
    Draft202012Validator(SESSION_LIST).validate(listed)
    assert listed["sessions"][0]["title"] == "What is task decomposition?"
    assert (await client.delete(address, headers=ME)).status_code == 204
    assert (await client.get(address, headers=ME)).status_code == 404


async def test_no_client_says_who_it_is_but_by_its_credentials(client: httpx.AsyncClient) -> None:
    await ask(client, "s")
    raw = [(name.lower().encode(), value.encode()) for name, value in ME.items()]
    me = caller_of(Request({"type": "http", "headers": raw}))
    assert (await ask(client, "s", YOU, __caller=me)).status_code == 404
    assert (await ask(client, "t", YOU, __caller=me)).status_code == 200
    assert len((await client.get("/chat/sessions", headers=ME)).json()["sessions"]) == 1


async def test_all_endpoints_have_them(client: httpx.AsyncClient) -> None:
    body = {
        "input": {"input": "What is task decomposition?"},
        "inputs": [{"input": "What is a tree of thoughts?"}] * 2,
        "config": {"configurable": {"session_id": "s"}},
    }
    for endpoint in ("stream", "stream_log", "stream_events", "invoke", "batch"):
        assert (await client.post(f"/rag/{endpoint}", json=body)).status_code == 200
    turns = (await client.get("/chat/sessions/s")).json()["turns"]
    assert [(turn["turn"], turn["state"]) for turn in turns] == [
        (number, "completed") for number in range(1, 7)
    ]


async def test_pages(client: httpx.AsyncClient) -> None:
    for session in ("a", "b-2", "c"):
        await ask(client, session)
    await ask(client, "c")
    seen, address = list[str](), "/chat/sessions?limit=2"
    page = (await client.get(address, headers=ME)).json()
    seen += [session["session_id"] for session in page["sessions"]]
    page = (await client.get(f"{address}&before={page['next']}", headers=ME)).json()
    seen += [session["session_id"] for session in page["sessions"]]
    assert (seen, page["next"]) == (["c", "b-2", "a"], None)
    first = (await client.get("/chat/sessions/c?limit=1", headers=ME)).json()
    assert ([turn["turn"] for turn in first["turns"]], first["next"]) == ([1], 1)
    second = (await client.get("/chat/sessions/c?limit=1&after=1", headers=ME)).json()
    assert ([turn["turn"] for turn in second["turns"]], second["next"]) == ([2], None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?limit=0", "limit"),
        ("?limit=x", "limit"),
        ("?limit=9999", "limit"),
        ("?before=1", "before"),
        ("?before=x-y", "before"),
        ("?before=1-a%00", "before"),
        ("/s?after=-1", "after"),
        ("/s?limit=%D9%A1", "limit"),
    ],
)
async def test_a_page_that_is_none_is_422(
    client: httpx.AsyncClient, query: str, field: str
) -> None:
    response = await client.get(f"/chat/sessions{query}")
    assert response.status_code == 422
    assert response.json()["message"].startswith(f"{field}: expected ")


@pytest.mark.parametrize("name", ["%00", "%20", "x" * 129])
async def test_a_name_that_can_be_none_is_404(client: httpx.AsyncClient, name: str) -> None:
    response = await client.get(f"/chat/sessions/{name}")
    assert (response.status_code, response.json()["code"]) == (404, "session_not_found")


async def test_an_odd_name_is_422(client: httpx.AsyncClient) -> None:
    response = await ask(client, "a\nb")
    assert response.status_code == 422
    assert response.json()["message"].startswith(f"{FIELD}expected 1 to 128 printable")


async def test_without_them_there_are_none(settings: Settings) -> None:
    await fill(settings)
    async with running(create_app(RagChain(settings))) as client:
        answered = await ask(client, "s")
        assert "session" not in answered.json()["output"]["status"]
        for method, address in (("GET", ""), ("GET", "/s"), ("DELETE", "/s")):
            response = await client.request(method, f"/chat/sessions{address}")
            assert (response.status_code, response.json()["code"]) == (404, "sessions_off")
            assert "RAG_SESSIONS=off" in response.json()["message"]


async def test_a_database_that_is_away_is_503_for_sessions_only(
    settings: Settings, tmp_path: Path
) -> None:
    await fill(settings)
    (tmp_path / "file").touch()
    on = {"sessions": True, "chroma_path": tmp_path / "file" / "chroma"}
    async with running(create_app(RagChain(settings.model_copy(update=on)))) as client:
        for response in (await ask(client, "s"), await client.get("/chat/sessions")):
            assert (response.status_code, response.json()["code"]) == (
                503,
                "session_store_unavailable",
            )
            assert response.headers["retry-after"] == "5"
        assert (await ask(client, None)).status_code == 200
