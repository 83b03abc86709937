"""The sources over HTTP: as pages and as JSON, with everything escaped."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.server import create_app
from app.sources.html import STYLE
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.corpus import TASK, TEXTS, fill
from tests.support.in_process import running

EVIL = "</mark><script>alert(1)</script> & a [link](javascript:alert(2)) \"quoted\" 'too'."
JSON = {"accept": "application/json"}


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    await fill(settings)
    await fill(settings, [EVIL, "Nothing else."], source='javascript:alert("x")')
    await fill(settings, ["A page's words."], source="https://x.example/a?b=1&c=2")
    async with running(create_app(RagChain(settings))) as client:
        yield client


async def listed(client: httpx.AsyncClient, query: str = "") -> list[dict[str, object]]:
    answer = await client.get(f"/sources?q={query}", headers=JSON)
    assert answer.status_code == 200, answer.text
    documents: list[dict[str, object]] = answer.json()["documents"]
    return documents


async def test_documents_are_listed_and_searched(client: httpx.AsyncClient) -> None:
    every = await listed(client)
    assert [document["source"] for document in every] == [
        "https://x.example/a?b=1&c=2",
        'javascript:alert("x")',
        "notes.md",
    ]
    assert [document["chunks"] for document in every] == [1, 2, 5]
    assert all(str(document["ingested"]).endswith("Z") for document in every)
    assert [document["url"] for document in every] == ["https://x.example/a?b=1&c=2", None, None]
    assert [document["source"] for document in await listed(client, "NOTES%20md")] == ["notes.md"]
    assert await listed(client, "nowhere") == []
    page = (await client.get("/sources?page=2", headers=JSON)).json()
    assert (page["documents"], page["page"], page["pages"], page["total"]) == ([], 2, 1, 3)


async def test_documents_are_found_by_other_forms_of_their_words(client: httpx.AsyncClient) -> None:
    for query in ("note md", "NOTED%20MD", "not md"):
        assert [one["source"] for one in await listed(client, query)] == ["notes.md"], query
    found = (await client.get("/sources?q=noted%20md", headers=JSON)).json()
    assert (found["total"], found["pages"], found["query"]) == (1, 1, "noted md")


async def test_a_chunk_is_shown_in_its_document(client: httpx.AsyncClient) -> None:
    [notes] = await listed(client, "notes.md")
    shown = (await client.get(f"{notes['address']}?quote=5,18", headers=JSON)).json()
    assert all(text in shown["text"] for text in TEXTS)
    assert shown["text"][shown["chunk_start"] : shown["chunk_end"]] == TASK
    assert shown["quote"]["text"] == TASK[5:18]
    assert shown["text"][shown["quote"]["start"] : shown["quote"]["end"]] == TASK[5:18]
    assert (shown["chunk"], shown["chunks"], shown["previous"], shown["next"]) == (1, 5, None, None)
    marks = [shown["text"][mark["start"] : mark["end"]] for mark in shown["marks"]]
    assert marks == list(TEXTS)
    assert shown["marks"][0]["id"] == shown["id"]
    page = (await client.get(f"{notes['address']}?quote=5,18")).text
    assert f'tabindex="-1" autofocus>{TASK[5:18]}</mark>' in page
    for way in (".json", "?format=json"):
        assert (await client.get(f"{notes['address']}{way}")).json()["id"] == notes["id"]
    assert (await client.get("/sources.json")).json()["total"] == 3


async def test_nothing_of_a_document_runs(client: httpx.AsyncClient) -> None:
    [_, evil, _] = await listed(client)
    for path in (f"{evil['address']}?quote=0,60", str(evil["address"]), "/sources?q=%3Cscript%3E"):
        answer = await client.get(path)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "<script" not in answer.text
        assert 'href="javascript' not in answer.text
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert f"<style>{STYLE}</style>" in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert "&lt;/mark&gt;&lt;script&gt;" in (await client.get(str(evil["address"]))).text


async def test_the_original_is_linked_to_where_it_is_a_page(client: httpx.AsyncClient) -> None:
    [page] = await listed(client, "x.example")
    shown = (await client.get(str(page["address"]))).text
    address = "https://x.example/a?b=1&amp;c=2"
    assert f'<a href="{address}" rel="noopener noreferrer nofollow">{address}</a>' in shown


async def test_who_accepts_json_rather_gets_it(client: httpx.AsyncClient) -> None:
    for accept, kind in [
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/json", "application/json"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("application/json;q=0.5, text/html;q=oops", "application/json"),
    ]:
        answer = await client.get("/sources", headers={"accept": accept})
        assert answer.headers["content-type"].partition(";")[0] == kind, accept


ODD_IDS = ("nobody", "0" * 64, "a" * 201, "%00", "%ED%A0%80", "..%2F..%2Fetc", ".json", "%22%3E")
BAD = {
    "?page=0": "page: expected a number from 1 on, got '0'",
    "?page=%D9%A3": "page: expected a number",
    "?page=99999999999": "page: expected a number",
    "?q=" + "x" * 201: "q: expected words, at most 200 characters",
    "?q=%00": "q: expected words",
    "?format=xml": "format: expected 'html' or 'json', got 'xml'",
    "/{id}?quote=5": "quote: expected start,end within the chunk's",
    "/{id}?quote=9,5": "quote: expected start,end",
    "/{id}?quote=0,100000": "quote: expected start,end",
    "/{id}?quote=-1,5": "quote: expected start,end",
}


async def test_what_is_none_is_refused_by_name(client: httpx.AsyncClient) -> None:
    for id in ODD_IDS:
        answer = await client.get(f"/sources/{id}")
        assert answer.status_code == 404, id
        assert answer.json()["code"] in ("source_not_found", "http_error")
    [notes] = await listed(client, "notes.md")
    for path, words in BAD.items():
        answer = await client.get(f"/sources{path}".replace("{id}", str(notes["id"])))
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
        assert words in answer.json()["message"]


async def test_addresses_are_absolute_where_the_service_knows_its_own(settings: Settings) -> None:
    await fill(settings)
    ours = settings.model_copy(update={"public_url": "https://us.example/rag/"})
    async with running(create_app(RagChain(ours))) as client:
        [notes] = await listed(client)
        assert notes["address"] == f"https://us.example/rag/sources/{notes['id']}"
        assert (
            'href="https://us.example/rag/sources"'
            in (await client.get(f"/sources/{notes['id']}")).text
        )
