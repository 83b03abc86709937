"""A conversation on the page: asked on, asked otherwise, left, come back to."""

import asyncio
import threading

import pytest
from playwright.async_api import expect

from tests.live.page.conftest import Tabs, is_for_suggestions
from tests.live.page.texts import CHAT, QUESTION
from tests.support.cut_link import CutLink
from tests.support.openai_server import OpenAIServer
from tests.support.page import Page
from tests.support.script import Call
from tests.support.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")
NUMBERS = [f"n{number} " for number in range(60)]
WHOLE = "".join(NUMBERS).strip()


def answered(model: OpenAIServer) -> list[Call]:
    """The calls for answers, without those for what may be asked next."""
    return [call for call in model.chats if not is_for_suggestions(call.body)]


def told(model: OpenAIServer) -> list[tuple[str, str]]:
    """What the model was last told of the conversation."""
    messages = answered(model)[-1].body["messages"]
    *before, last = [(m["role"], m["content"].split("\n")[0]) for m in messages[1:]]
    return [*before, (last[0], "")]


async def said(page: Page) -> list[str]:
    """Questions and answers, in their order."""
    texts: list[str] = await page.tab.page.locator(".turn h2, .turn .prose").all_inner_texts()
    return texts


@pytest.fixture(params=["browser", "service"])
def service(request: pytest.FixtureRequest) -> Service:
    """Conversations in the browser alone, and at the service, too."""
    name = {"browser": "scripted", "service": "kept"}[request.param]
    found: Service = request.getfixturevalue(name)
    return found


async def test_goes_on_is_edited_asked_again_and_paged(
    service: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    model.script(CHAT, answer=lambda body: f"Answer to {len(body['messages'])}.")
    async with tabs() as tab:
        page = await Page.open(tab, service.url)
        assert await page.ask(QUESTION) == "Answer to 2."
        assert await page.ask("And then?") == "Answer to 4."
        assert told(model) == [("user", QUESTION), ("assistant", "Answer to 2."), ("user", "")]

        await page.turn.get_by_role("button", name="Ask again", exact=True).click()
        pager = page.turn.get_by_role("group", name="Answer 2 of 2")
        await expect(pager).to_be_visible()
        await page.wait_end()
        # The question is asked as it was: not upon its own answer.
        assert len(told(model)) == 3
        await pager.get_by_role("button", name="Previous answer").click()
        await expect(page.turn.get_by_role("group", name="Answer 1 of 2")).to_be_visible()

        first = tab.page.locator(".turn").first
        await first.get_by_role("button", name="Edit the question").click()
        await tab.page.get_by_role("textbox", name="Edit the question").fill("Why split tasks?")
        await page.button("Ask this").click()
        await expect(tab.page.locator(".turn")).to_have_count(1)
        await page.wait_end()
        assert told(model) == [("user", "")]
        assert await said(page) == ["Why split tasks?", "Answer to 2."]
        wordings = page.turn.get_by_role("group", name="Wording 2 of 2")
        await wordings.get_by_role("button", name="Previous wording").click()
        await expect(tab.page.locator(".turn")).to_have_count(2)
        assert (await said(page))[0] == QUESTION
        # What the service keeps is one line; the branches are the browser's.
        assert await page.ask("And last?") == "Answer to 6."
        assert page.problems == []


async def test_stop_keeps_what_came_and_ends_the_models_work(
    service: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    model.once(CHAT, answer=NUMBERS, hold_after=3)
    async with tabs() as tab:
        page = await Page.open(tab, service.url)
        await page.start(QUESTION)
        await expect(page.prose).to_have_text("n0 n1 n2")
        await page.button("Stop").click()
        await expect(page.turn.locator(".endings")).to_contain_text("You stopped this answer.")
        await model.until(lambda: model.live == 0)
        assert model.chats[-1].outcome == "abandoned"
        assert await page.text() == "n0 n1 n2"
        await expect(page.field).to_be_focused()


async def test_past_conversations_are_there_after_a_reload(
    service: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    own = {"Authorization": "Bearer somebody"}
    async with tabs(viewport={"width": 1600, "height": 900}, extra_http_headers=own) as tab:
        page = await Page.open(tab, service.url)
        await page.ask(QUESTION)
        before = await said(page)
        await page.button("New chat").click()
        await expect(tab.page.locator(".turn")).to_have_count(0)
        await page.ask("Where do kiwis live?")
        await tab.page.reload()
        await page.wait_ready()
        await expect(page.turn.locator("h2")).to_have_text("Where do kiwis live?")
        past = tab.page.get_by_role("navigation", name="Conversations")
        await past.get_by_role("link", name=QUESTION).click()
        await expect(page.turn.locator("h2")).to_have_text(QUESTION)
        assert await said(page) == before
        await expect(page.chips.first).to_have_accessible_name("Source 1: Notes")
        # It has left its session then, and is in the list once, and goes as a whole.
        await page.turn.get_by_role("button", name="Ask again", exact=True).click()
        await expect(page.turn.get_by_role("group", name="Answer 2 of 2")).to_be_visible()
        await expect(past.get_by_role("link")).to_have_text([QUESTION, "Where do kiwis live?"])
        await past.get_by_role("button", name=f'Delete "{QUESTION}"').click()
        await page.button("Delete", exact=True).click()
        await expect(past.get_by_role("link")).to_have_text(["Where do kiwis live?"])
        assert page.problems == []


async def test_the_services_conversations_are_read_by_their_owner_in_another_browser(
    kept: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    me = {"Authorization": "Bearer reader"}
    async with tabs(extra_http_headers=me) as tab:
        page = await Page.open(tab, kept.url)
        await page.ask("Who walks at night?")
        before = await said(page)
    async with tabs(extra_http_headers=me, viewport={"width": 1600, "height": 900}) as tab:
        page = await Page.open(tab, kept.url)
        past = tab.page.get_by_role("navigation", name="Conversations")
        await past.get_by_role("link", name="Who walks at night?").click()
        await expect(page.turn.locator("h2")).to_have_text("Who walks at night?")
        assert await said(page) == before
        await page.ask("And by day?")
        assert ("user", "Who walks at night?") in told(model)
        assert page.problems == []


async def grows(page: Page, upto: int) -> None:
    """Until so many words of the answer are on the page."""
    await expect(page.prose).to_contain_text(NUMBERS[upto - 1].strip())


async def ends_whole(page: Page) -> None:
    await page.wait_end()
    assert await page.text() == WHOLE
    await expect(page.turn.locator(".notice")).to_have_count(0)


async def test_a_reload_in_the_middle_of_an_answer_goes_on(
    service: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    go_on = threading.Event()
    model.once(CHAT, answer=NUMBERS, hold_after=20, release=go_on)
    async with tabs() as tab:
        page = await Page.open(tab, service.url)
        await page.start(QUESTION)
        await grows(page, 20)
        await tab.page.reload()
        await grows(page, 20)
        go_on.set()
        await ends_whole(page)
        assert len(answered(model)) == 1
        await tab.page.reload()
        await expect(page.prose).to_have_text(WHOLE)


async def test_an_answer_goes_on_over_a_connection_that_is_cut_and_away(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    go_on, further = threading.Event(), threading.Event()
    model.once(
        CHAT,
        answer=NUMBERS,
        may_send=lambda n: (n < 15 or go_on.is_set()) and (n < 40 or further.is_set()),
    )
    async with CutLink(scripted.port) as link, tabs() as tab:
        page = await Page.open(tab, link.url)
        await page.start(QUESTION)
        await grows(page, 15)
        link.cut()
        go_on.set()
        await grows(page, 40)
        async with link.away():
            await tab.page.context.set_offline(True)
            await expect(tab.page.get_by_text("You are offline", exact=True)).to_be_visible()
            await expect(page.turn.locator(".progress")).to_contain_text("The connection is lost.")
            further.set()
            await asyncio.sleep(0.2)
        await tab.page.context.set_offline(False)
        await ends_whole(page)
        assert tab.exceptions == []


async def test_what_is_asked_offline_is_said_and_asked_again_with_a_click(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    async with tabs() as tab:
        page = await Page.open(tab, scripted.url)
        await tab.page.route("**/chat/stream", lambda route: route.abort("connectionreset"))
        await page.start(QUESTION)
        await page.wait_end()
        notice = page.turn.locator(".notice")
        await expect(notice).to_contain_text("The service cannot be reached")
        await tab.page.unroute("**/chat/stream")
        await notice.get_by_role("button", name="Ask again").click()
        await expect(page.chips.first).to_be_visible()
        await page.wait_end()
        await expect(page.turn.get_by_role("group", name="Answer 2 of 2")).to_be_visible()
