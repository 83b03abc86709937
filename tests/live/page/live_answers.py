"""An answer on the page: its sources first, its chips, and what can be done with it."""

import json
import sqlite3
import threading
from contextlib import closing

import pytest
from playwright.async_api import expect

from tests.live.page.conftest import Tabs
from tests.live.page.pictures import picture
from tests.live.page.texts import CHAT, FIRST, QUESTION, SUGGESTED
from tests.support.browser import Tab
from tests.support.corpus import TASK
from tests.support.openai_server import OpenAIServer
from tests.support.page import Page
from tests.support.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")
CLIPBOARD = ["clipboard-read", "clipboard-write"]


async def asked(tab: Tab, service: Service) -> Page:
    page = await Page.open(tab, service.url)
    await page.ask(QUESTION)
    return page


async def clipboard(page: Page, button: str) -> str:
    asked = page.turn.get_by_role("button", name=button, exact=True)
    at = await asked.evaluate("node => [...node.parentNode.children].indexOf(node)")
    await asked.click()
    await expect(page.turn.locator(".actions > *").nth(at)).to_have_text("Copied")
    text: str = await page.tab.page.evaluate("() => navigator.clipboard.readText()")
    return text


async def test_sources_come_before_words_and_words_grow_as_markdown(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    go_on = threading.Event()
    answer = ["**Bold**", " start.\n\n", "| a | b |\n|---|---|\n", "| 1 | 2 |\n", "\nEnd. [1]"]
    model.once(CHAT, answer=answer, hold_after=0, release=go_on)
    async with tabs() as tab:
        page = await Page.open(tab, scripted.url)
        await page.start(QUESTION)
        await expect(page.passages.first).to_contain_text("breaking a big task")
        await expect(page.turn.locator(".progress")).to_contain_text(f"{CHAT} is reading")
        await expect(page.prose).to_have_count(0)
        go_on.set()
        await page.wait_end()
        assert await page.prose.locator("strong").inner_text() == "Bold"
        assert await page.prose.locator("td").all_inner_texts() == ["1", "2"]
        assert page.problems == []


async def test_a_chip_marks_its_statement_and_its_quote_and_opens_the_source(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    async with tabs() as tab:
        page = await asked(tab, scripted)
        good, weak = page.chips.first, page.chips.nth(1)
        await expect(good).to_have_accessible_name("Source 1: Notes")
        await good.hover()
        assert await page.statement() == FIRST
        looked_at = page.tab.page.locator("mark.looked-at")
        await expect(looked_at).to_have_count(1)
        quote = await looked_at.inner_text()
        assert quote in TASK
        await expect(page.passages.first).to_contain_text("It has what the statement says")

        await weak.focus()
        assert await page.statement() == "Bananas|orbit quietly above purple volcanoes."
        await expect(weak).to_have_accessible_name("Source 2: Notes, little support")
        await expect(page.passages.nth(1)).to_contain_text("The source may not say this.")
        await expect(page.turn.locator(".checked")).to_contain_text("1 has little support")

        async with tab.page.context.expect_page() as opened:
            await good.click()
        source = await opened.value
        await source.wait_for_load_state()
        assert "/sources/" in source.url
        assert await source.locator("mark").inner_text() == quote
        assert page.problems == []


async def test_how_a_source_was_found_is_a_click_away(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    async with tabs() as tab:
        page = await asked(tab, scripted)
        how = page.passages.first.locator("details")
        await how.locator("summary").click()
        assert await how.locator("summary").inner_text() == "Found by meaning and by words"
        said = await how.locator(".how").inner_text()
        assert "By meaning" in said
        assert "1st, score" in said


async def test_a_suggestion_is_asked_with_a_click(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    async with tabs() as tab:
        page = await asked(tab, scripted)
        offered = page.tab.page.locator(".follow-ups button")
        assert await offered.all_inner_texts() == SUGGESTED.split("\n")
        await offered.nth(1).click()
        await expect(page.turn.locator("h2")).to_have_text(SUGGESTED.split("\n")[1])
        await page.wait_end()
        await expect(page.tab.page.locator(".turn")).to_have_count(2)


async def test_feedback_is_kept_with_its_comment(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    async with tabs() as tab:
        page = await asked(tab, scripted)
        bad = page.turn.get_by_role("button", name="Bad answer")
        await bad.click()
        comment = page.tab.page.get_by_label("What should be better?")
        await expect(comment).to_be_focused()
        await comment.fill("Bananas?")
        await page.button("Send").click()
        await expect(comment).to_have_count(0)
        await expect(bad).to_have_attribute("aria-pressed", "true")
        assert page.problems == []
    with closing(sqlite3.connect(scripted.folder / "sessions.db")) as store:
        rows = [str(row) for row in store.execute("SELECT * FROM feedback")]
    assert any("Bananas?" in row for row in rows), rows


async def test_what_is_set_under_the_options_is_asked_with(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    async with tabs() as tab:
        page = await Page.open(tab, scripted.url)
        await page.button("Search options").click()
        dialog = tab.page.get_by_role("dialog")
        await dialog.get_by_label("Find a document").fill("note")
        await dialog.get_by_label("Notes").check()
        await dialog.get_by_text("Advanced").click()
        await dialog.get_by_label("Passages for an answer").fill("2")
        await dialog.get_by_label("Search", exact=True).select_option("lexical")
        await dialog.get_by_role("button", name="Done").click()
        async with tab.page.expect_request("**/chat/stream") as asking:
            await page.ask(QUESTION)
        request = await asking.value
        chosen = json.loads(request.post_data or "")["config"]["configurable"]
        assert chosen == {"k": 2, "search_type": "lexical", "filter": {"source": ["notes.md"]}}
        await expect(page.passages).to_have_count(2)
        await expect(page.turn.locator(".measures")).to_contain_text("search: words")


async def test_an_answer_is_taken_along(scripted: Service, model: OpenAIServer, tabs: Tabs) -> None:
    async with tabs(permissions=CLIPBOARD) as tab:
        page = await asked(tab, scripted)
        copied = await clipboard(page, "Copy")
        assert copied.startswith(f"{FIRST} [^1]\n")
        assert f"\n[^1]: [Notes](<{scripted.url}/sources/" in copied

        await tab.page.get_by_role("button", name="Settings and links").click()
        async with tab.page.expect_download() as saving:
            await page.button("Export as Markdown").click()
        download = await saving.value
        assert download.suggested_filename == "What-is-task-decomposition.md"
        exported = (await download.path()).read_text()
        assert exported.startswith(f"# {QUESTION}\n\n## {QUESTION}\n\n{FIRST}")
        assert "\n[^1]: [Notes](<http" in exported
        await tab.page.keyboard.press("Escape")

        link = await clipboard(page, "Copy link")
        async with tabs() as other:  # a browser that knows nothing of it
            there = Page(other)
            await other.page.goto(link)
            await there.wait_ready()
            # Opening a link is no asking: only the reader asks.
            await expect(there.field).to_have_value(QUESTION)
            await expect(other.page.locator(".turn")).to_have_count(0)
            assert not any("chat/stream" in asked for asked in other.requests)


async def test_a_link_with_a_question_only_fills_the_field_in(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    async with tabs() as tab:
        page = await Page.open(tab, scripted.url, "/#/ask?q=What+is+tool+use%3F")
        await expect(page.field).to_have_value("What is tool use?")
        await expect(tab.page.locator(".turn")).to_have_count(0)
        assert not any("chat/stream" in asked for asked in tab.requests)
        await page.field.press("Enter")
        await page.wait_end()
        assert page.problems == []


async def test_documents_and_one_of_them(scripted: Service, tabs: Tabs) -> None:
    async with tabs() as tab:
        await tab.page.goto(f"{scripted.url}/#/sources")
        found = tab.page.locator(".document-list .title")
        await expect(found).to_have_count(3)
        await picture(tab, "documents")
        await tab.page.get_by_role("searchbox").fill("note")
        await expect(found).to_have_text(["Notes"])
        await found.click()
        chunks = tab.page.locator(".document-text .chunk")
        await expect(chunks).to_have_count(5)
        await picture(tab, "document")
        await tab.page.get_by_role("button", name="Ask this document").click()
        await expect(tab.page.locator(".filter")).to_have_text("notes.md")
        await expect(Page(tab).field).to_be_focused()
