"""The browser, the playground driver and the JavaScript client, on a plain LangServe app.

This also pins how LangServe's page and the clients behave by themselves, which our stream
is made for: where a new version of them changes that, these tests say so first.
"""

import json
import sys
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.support import js
from tests.support.browser import Tab, open_tab
from tests.support.plain_langserve import TEXT
from tests.support.playground import Playground, Step
from tests.support.service import Service

SERVER = (
    *(sys.executable, "-m", "uvicorn", "tests.support.plain_langserve:app"),
    *("--port", "{port}", "--log-level", "warning"),
)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with Service(SERVER, ready="/docs") as server:
        yield server.url


@pytest.fixture
async def tab() -> AsyncIterator[Tab]:
    async with open_tab() as tab:
        yield tab


async def test_page_shows_texts_as_they_are(base: str, tab: Tab) -> None:
    playground = await Playground.open(tab.page, f"{base}/texts")
    assert await playground.complaints() == []
    assert await playground.ask("Why?") == "".join(TEXT)
    assert await playground.steps() == []
    assert (await tab.screenshot("plain-texts")).stat().st_size
    assert tab.problems == []
    assert tab.requests[-1] == f"POST {base}/texts/stream_log"


async def test_page_shows_objects_as_json(base: str, tab: Tab) -> None:
    playground = await Playground.open(tab.page, f"{base}/objects")
    output = await playground.ask("Why?")
    assert '"page_content": "First.\\n\\nSecond."' in output
    assert f"}}{json.dumps({'answer': TEXT[0]}, indent=2)}{{" in output
    assert tab.problems == []


async def test_page_shows_steps_as_text(base: str, tab: Tab) -> None:
    playground = await Playground.open(tab.page, f"{base}/steps")
    assert await playground.ask("Why?") == "done"
    first, second = await playground.steps()
    assert first == Step("Sources", json.dumps({"output": "1. a.md\n   First."}, indent=2))
    assert second.name == "RunnableLambda"


async def test_page_shows_nothing_of_a_failure(base: str, tab: Tab) -> None:
    playground = await Playground.open(tab.page, f"{base}/failing_when_told")
    await playground.start("Why?")
    await playground.wait_output("before")
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(f"{base}/go_on")
    await playground.wait_end()
    assert await playground.read_output() == "before"
    assert tab.exceptions == ["network error"]


async def test_page_asks_for_an_input(base: str, tab: Tab) -> None:
    playground = await Playground.open(tab.page, f"{base}/texts")
    await playground.question.fill("x")
    await playground.question.fill("")
    assert await playground.complaints() == ["must have required property 'input'"]


async def test_page_stays_empty_where_a_field_may_be_null(base: str, tab: Tab) -> None:
    async with tab.page.expect_event("pageerror"):
        await tab.page.goto(f"{base}/optional/playground/")
    assert tab.exceptions == ['Unknown type: {"type":"null"}']


def test_javascript_client_reads_every_kind_of_answer(base: str) -> None:
    at = f"{base}/objects"
    whole = {
        "input": "Why?",
        "context": [{"pageContent": "First.\n\nSecond.", "metadata": {"source": "a.md"}}],
        "answer": "".join(TEXT),
    }
    assert js.ask(at, "invoke", "Why?") == [whole]
    assert js.ask(at, "batch", "Why?") == [whole, whole]
    chunks = js.ask(at, "stream", "Why?")
    assert chunks[0] == {"input": "Why?"}
    assert [chunk["answer"] for chunk in chunks[2:]] == TEXT
    assert js.ask(at, "streamLog", "Why?")[0]["ops"][0]["path"] == ""
    assert js.ask(at, "streamEvents", "Why?")[0]["event"] == "on_chain_start"


def test_javascript_client_throws_the_data_of_an_error_event(base: str) -> None:
    [failure] = js.ask(f"{base}/failing", "error", "Why?")
    assert json.loads(failure["message"])["status_code"] == 500


def test_javascript_client_failure_is_told(base: str) -> None:
    with pytest.raises(js.JSClientError, match="500 Error"):
        js.ask(f"{base}/failing", "invoke", "Why?")
