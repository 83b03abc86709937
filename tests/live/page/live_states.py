"""Every state of the page, honest in its words, and in a picture: see `pictures.py`."""

import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager

import pytest
from playwright.async_api import Route, expect

from tests.live.page.conftest import Tabs
from tests.live.page.pictures import picture
from tests.live.page.texts import CHAT, QUESTION
from tests.support import sse
from tests.support.openai_server import OpenAIServer
from tests.support.page import Page
from tests.support.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")
EMBEDDINGS = "text-embedding-3-small"
WORDS = [f"word{number} " for number in range(30)]


@pytest.fixture(scope="module")
def quoting(environment: dict[str, str]) -> Iterator[Service]:
    """No language model is set up."""
    local = {"RAG_CHAT_MODEL": "local:extractive", "RAG_ABSTAIN_BELOW": "0.4"}
    with Service(env={**environment, **local}) as service:
        yield service


@pytest.fixture(scope="module")
def empty(environment: dict[str, str]) -> Iterator[Service]:
    env = {**environment, "RAG_COLLECTION": f"{environment['RAG_COLLECTION']}-empty"}
    with Service(env=env, ready="/healthz") as service:
        yield service


@asynccontextmanager
async def asking(tabs: Tabs, service: Service, question: str = QUESTION) -> AsyncIterator[Page]:
    async with tabs() as tab:
        page = await Page.open(tab, service.url)
        await page.start(question)
        yield page


async def test_the_empty_page(scripted: Service, tabs: Tabs) -> None:
    async with tabs() as tab:
        page = await Page.open(tab, scripted.url)
        await expect(tab.page.locator(".status-line")).to_contain_text("3 documents")
        await expect(tab.page.locator(".status-line")).to_contain_text(f"openai:{CHAT}")
        await expect(tab.page.locator(".asks button").first).to_be_enabled()
        await picture(tab, "welcome")
        assert page.problems == []


async def test_starting_and_then_ready(scripted: Service, tabs: Tabs) -> None:
    async def starting(route: Route) -> None:
        response = await route.fetch()
        info = await response.json()
        told = {"code": "starting", "message": "the index and the models are being looked at"}
        unknown = dict.fromkeys(("documents", "chunks", "generation", "ingested"))
        info |= {**unknown, "ready": False, "obstacles": [{**told, "command": None}]}
        await route.fulfill(json={**info, "examples": []})

    async with tabs() as tab:
        await tab.page.route("**/page/info", starting)
        page = await Page.open(tab, scripted.url)
        notice = tab.page.get_by_text("The service is starting")
        await expect(notice).to_be_visible()
        await picture(tab, "starting")
        await tab.page.unroute("**/page/info")
        await expect(notice).to_have_count(0)
        await expect(tab.page.locator(".asks button").first).to_be_enabled()
        assert page.problems == []


async def test_an_empty_index_tells_the_command_that_fills_it(empty: Service, tabs: Tabs) -> None:
    async with tabs() as tab:
        page = await Page.open(tab, empty.url)
        await expect(tab.page.get_by_text("There are no documents yet")).to_be_visible()
        await expect(tab.page.get_by_text("python -m ingest --sample")).to_be_visible()
        await page.field.fill("Anything?")
        await expect(page.button("Ask", exact=True)).to_have_attribute("aria-disabled", "true")
        await picture(tab, "index-empty")


async def test_searching(scripted: Service, model: OpenAIServer, tabs: Tabs) -> None:
    model.once(EMBEDDINGS, embedding_delay=8.0)
    async with asking(tabs, scripted, "What has nobody asked before?") as page:
        await expect(page.turn.locator(".progress")).to_contain_text("Searching the documents")
        await picture(page.tab, "searching")
        await page.button("Stop").click()  # no call to the model is to come of it


async def test_waiting_answering_stopped(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    go_on = threading.Event()
    model.once(CHAT, answer=WORDS, may_send=lambda n: n < 20 and go_on.is_set())
    async with asking(tabs, scripted) as page:
        await expect(page.turn.locator(".progress")).to_contain_text("is reading the passages")
        await expect(page.passages.first).to_be_visible()
        await picture(page.tab, "waiting")
        go_on.set()
        await expect(page.prose).to_contain_text("word19")
        await picture(page.tab, "answering")
        await page.button("Stop").click()
        await expect(page.turn.locator(".notice")).to_have_text("You stopped this answer.")
        await picture(page.tab, "stopped")


async def test_stopped_before_anything_has_come(scripted: Service, tabs: Tabs) -> None:
    async with tabs() as tab:
        page = await Page.open(tab, scripted.url)
        held: list[Route] = []
        await tab.page.route("**/chat/stream", lambda route: held.append(route))
        await page.start(QUESTION)
        await page.button("Stop").click()
        await expect(page.turn.locator(".notice")).to_contain_text("before its first word")
        await expect(page.button("Ask", exact=True)).to_be_visible()


async def test_an_answer_with_its_sources(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    async with asking(tabs, scripted) as page:
        await page.wait_end()
        await expect(page.tab.page.locator(".follow-ups button")).to_have_count(3)
        await page.chips.first.focus()
        await picture(page.tab, "answer")


async def test_truncated(scripted: Service, model: OpenAIServer, tabs: Tabs) -> None:
    model.once(CHAT, answer="Half of an", finish_reason="length")
    async with asking(tabs, scripted) as page:
        await page.wait_end()
        await expect(page.turn.locator(".notice")).to_contain_text("reached its length limit")
        await picture(page.tab, "truncated")


async def test_the_local_answerer_says_that_it_quotes(quoting: Service, tabs: Tabs) -> None:
    async with asking(
        tabs, quoting, "Does task decomposition mean smaller steps in a big task?"
    ) as page:
        await page.wait_end()
        await expect(page.chips.first).to_be_visible()
        await expect(page.turn.locator(".checked")).to_contain_text("No language model is set up")
        await expect(page.tab.page.locator(".status-line")).to_contain_text("quotes only")
        await picture(page.tab, "local-answerer")


async def test_abstained_shows_the_nearest_sources(quoting: Service, tabs: Tabs) -> None:
    async with asking(tabs, quoting, "Which enzyme splits lactose in the intestine?") as page:
        await page.wait_end()
        notice = page.turn.locator(".notice")
        await expect(notice).to_contain_text("The documents do not answer this.")
        await expect(notice.locator(".nearest a").first).to_be_visible()
        await picture(page.tab, "abstained")


@pytest.mark.parametrize(
    ("name", "fault", "words", "retry"),
    [
        ("rejected", {"status": 401}, "The model refused the request", "Ask again"),
        (
            "busy",
            {"status": 429, "retry_after": "90"},
            "The model is at its rate limit",
            "Ask again",
        ),
        ("broken-off", {"drop_after": 2}, "The model failed", "Ask again"),
    ],
)
async def test_failed(
    scripted: Service,
    model: OpenAIServer,
    tabs: Tabs,
    name: str,
    fault: dict[str, int],
    words: str,
    retry: str,
) -> None:
    model.script(CHAT, **fault)
    async with asking(tabs, scripted) as page:
        await page.wait_end()
        notice = page.turn.locator(".notice")
        await expect(notice).to_contain_text(words)
        helps = "Asking again will not help" if name == "rejected" else "Asking again may help."
        await expect(notice).to_contain_text(helps)
        assert "scripted failure" not in await notice.inner_text()
        await picture(page.tab, f"failed-{name}")
        again = notice.get_by_role("button", name=re.compile(retry))
        if await again.is_enabled():
            model.script(CHAT, **dict.fromkeys(fault), answer="All is well. [1]")
            await again.click()
            await expect(page.prose).to_contain_text("All is well.")
        assert page.tab.exceptions == []


async def test_overloaded(scripted: Service, model: OpenAIServer, tabs: Tabs) -> None:
    model.script(CHAT, hang="first_token")
    async with tabs() as tab:
        page = await Page.open(tab, scripted.url)
        with ExitStack() as others:
            for _ in range(4):
                body = {"input": {"input": QUESTION}}
                stream = others.enter_context(sse.post(f"{scripted.url}/rag/stream", body))
                next(iter(stream))
                others.callback(stream.abort)
            await page.start(QUESTION)
            await page.wait_end()
            notice = page.turn.locator(".notice")
            await expect(notice).to_contain_text("The service is busy")
            await expect(notice).to_contain_text("Asking again may help.")
            await picture(tab, "overloaded")
    await model.until(lambda: model.live == 0)


async def test_offline_and_back(scripted: Service, model: OpenAIServer, tabs: Tabs) -> None:
    async with asking(tabs, scripted) as page:
        await page.wait_end()
        context = page.tab.page.context
        await context.set_offline(True)
        await expect(page.tab.page.get_by_text("You are offline", exact=True)).to_be_visible()
        await picture(page.tab, "offline")
        await context.set_offline(False)
        await expect(page.tab.page.get_by_text("Connected again")).to_be_visible()
        await picture(page.tab, "back")


async def test_access_refused_by_what_stands_in_front(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    async with tabs() as tab:
        page = await Page.open(tab, scripted.url)
        refused = {"status": 401, "body": "<html>Sign in</html>", "content_type": "text/html"}
        await tab.page.route("**/chat/stream", lambda route: route.fulfill(**refused))
        await page.start(QUESTION)
        await page.wait_end()
        await expect(page.turn.locator(".notice")).to_contain_text("You are not signed in")
        await tab.page.route("**/page/info", lambda route: route.fulfill(**refused))
        await tab.page.goto("about:blank")
        await tab.page.goto(scripted.url)
        await expect(tab.page.get_by_text("You are not signed in")).to_be_visible()
        await expect(page.button("Load the page again")).to_be_visible()
        await picture(tab, "refused")
