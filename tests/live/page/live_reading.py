"""The page for everybody: by keyboard, with a screen reader, narrow, in other writings."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.live.page.conftest import Tabs
from tests.live.page.texts import ANSWER, CHAT, FIRST, QUESTION
from tests.support.axe import violations
from tests.support.browser import Tab
from tests.support.openai_server import OpenAIServer
from tests.support.page import Page
from tests.support.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")
RICH = f"""{ANSWER}
## Heading

| Long column heading | Another one |
|---|---|
| {"word " * 12} | {"x" * 60} |

```python
print("{"long " * 30}")
```
"""
ARABIC = "تقسيم المهام يعني تجزئة مهمة كبيرة إلى خطوات أصغر. [1]"


async def tell_changes(page: Page) -> None:
    """Keep what the live region says, in its order."""
    await page.tab.page.evaluate(
        """() => {
            window.heard = [];
            const region = document.querySelector('[aria-live=polite][role=status].hidden');
            const note = () => { if (region.textContent) heard.push(region.textContent); };
            new MutationObserver(note).observe(
                region, { childList: true, characterData: true, subtree: true });
        }"""
    )


async def heard(page: Page) -> list[str]:
    said: list[str] = await page.tab.page.evaluate("() => heard")
    return said


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_anywhere(
    scripted: Service, model: OpenAIServer, tabs: Tabs, scheme: Any
) -> None:
    model.once(CHAT, answer=RICH)
    found: dict[str, list[str]] = {}
    async with tabs(color_scheme=scheme) as tab:
        page = await Page.open(tab, scripted.url)
        await expect(tab.page.locator(".asks")).to_be_visible()
        found["empty"] = await violations(tab)
        await page.ask(QUESTION)
        await page.chips.first.focus()
        await expect(page.prose.locator("pre .hljs-built_in")).to_be_visible()
        found["answer"] = await violations(tab)
        await page.turn.get_by_role("button", name="Good answer").click()
        found["feedback"] = await violations(tab)
        await page.button("No comment").click()
        await page.button("Settings and links").click()
        found["menu"] = await violations(tab)
        await tab.page.keyboard.press("Escape")
        await page.button("Search options").click()
        await expect(tab.page.locator(".picks li").first).to_be_visible()
        await tab.page.get_by_role("dialog").get_by_text("Advanced").click()
        found["options"] = await violations(tab)
        await tab.page.keyboard.press("Escape")
        await page.button("Conversations").click()
        found["conversations"] = await violations(tab)
        await tab.page.keyboard.press("Escape")
        await tab.page.get_by_role("link", name="Documents").click()
        await expect(tab.page.locator(".document-list li").first).to_be_visible()
        found["documents"] = await violations(tab)
        await tab.page.locator(".document-list .title", has_text="Notes").click()
        await expect(tab.page.locator(".document-text")).to_be_visible()
        found["document"] = await violations(tab)
    assert {place: said for place, said in found.items() if said} == {}


async def focused(tab: Tab) -> str:
    said: str = await tab.page.evaluate(
        "() => document.activeElement.ariaLabel || document.activeElement.textContent"
    )
    return said


async def tab_to(tab: Tab, name: str, key: str = "Tab") -> None:
    """Press Tab until something with this name has the focus; it can be seen that it has."""
    seen = []
    for _ in range(60):
        await tab.page.keyboard.press(key)
        seen.append(await focused(tab))
        if seen[-1].startswith(name):
            outline: str = await tab.page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement); "
                "return s.outlineStyle + s.boxShadow; }"
            )
            assert outline != "nonenone", name
            return
    raise AssertionError(f"{name} is not come to: {seen}")


async def test_by_keyboard_alone_and_what_is_heard(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    async with tabs() as tab:
        page = await Page.open(tab, scripted.url)
        await tell_changes(page)
        await tab.page.keyboard.press("Tab")
        assert await focused(tab) == "Skip to the question"
        await tab.page.keyboard.press("Enter")
        await expect(page.field).to_be_focused()
        await tab.page.keyboard.type(QUESTION)
        await expect(page.button("Ask", exact=True)).to_have_attribute("aria-disabled", "false")
        await tab.page.keyboard.press("Enter")
        await page.wait_end()
        await expect(page.field).to_be_focused()
        # Stages and the end, and not one of its words.
        said = await heard(page)
        assert len(said) <= 4, said
        assert said[-1].startswith("The answer is there: ")
        assert "Bananas" not in "".join(said)

        await tab_to(tab, "Source 1: Notes", "Shift+Tab")
        assert await page.statement() == FIRST
        await tab.page.keyboard.press("ArrowDown")
        await expect(page.passages.first).to_be_focused()
        await tab.page.keyboard.press("Escape")
        await expect(page.chips.first).to_be_focused()
        await tab_to(tab, "Bad answer")
        await tab.page.keyboard.press("Space")
        await tab.page.keyboard.type("Too short")
        await tab_to(tab, "Send")
        await tab.page.keyboard.press("Enter")
        await expect(tab.page.locator(".verdict")).to_have_count(0)
        # What was pressed is gone: the keyboard goes on from the thumb, not from the page's top.
        assert await focused(tab) == "Bad answer"


async def test_at_320_pixels_nothing_is_wider_and_sources_are_in_a_sheet(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    model.once(CHAT, answer=RICH)
    async with tabs(viewport={"width": 320, "height": 640}) as tab:
        page = await Page.open(tab, scripted.url)
        assert not await page.is_wider_than_its_window()
        await page.ask(QUESTION)
        assert not await page.is_wider_than_its_window()
        keys = "Enter or down arrow shows the passage, Escape comes back."
        await expect(page.chips.first).to_have_attribute("title", keys)
        await page.chips.first.click()
        sheet = tab.page.get_by_role("dialog")
        await expect(sheet.locator("mark.looked-at")).to_be_visible()
        assert not await page.is_wider_than_its_window()
        await sheet.get_by_role("button", name="Back to the answer").click()
        await expect(sheet).to_have_count(0)
        await expect(page.chips.first).to_be_focused()
        await tab.page.keyboard.press("ArrowDown")
        await expect(page.passages.first).to_be_focused()
        await tab.page.keyboard.press("Escape")
        await expect(sheet).to_have_count(0)
        await expect(page.chips.first).to_be_focused()
        # As at four times the size: nothing stands over what is read.
        await tab.page.set_viewport_size({"width": 320, "height": 256})
        for part in (".header", ".dock"):
            await expect(tab.page.locator(part)).to_have_css("position", "relative")
        for path in ("/#/sources", "/#/c/none"):
            await tab.page.goto(scripted.url + path)
            await expect(tab.page.locator(".document-list li, .notice").first).to_be_visible()
            assert not await page.is_wider_than_its_window(), path


async def test_on_paper_an_answer_and_its_sources_are_whole(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    async with tabs() as tab:
        page = await Page.open(tab, scripted.url)
        await page.ask(QUESTION)
        passages = await page.passages.count()
        # What is not there when the browser lays the page out for paper is not printed.
        await tab.page.evaluate(
            "() => addEventListener('beforeprint', () => "
            "{ window.printed = document.querySelectorAll('.printed .passage').length; })"
        )
        await tab.page.pdf()
        assert passages > 0
        assert await tab.page.evaluate("() => window.printed") == passages
        await expect(tab.page.locator(".printed")).to_have_count(0)

        await tab.page.emulate_media(media="print")
        await tab.page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
        on_paper = tab.page.locator(".printed .passage")
        await expect(on_paper).to_have_count(passages)
        await expect(on_paper.last).to_be_visible()
        await expect(page.chips.first).to_be_visible()
        for part in (".header", ".dock", ".column", ".actions", ".follow-ups"):
            await expect(tab.page.locator(part)).to_be_hidden()


async def test_text_from_right_to_left_stands_so(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    model.once(
        CHAT, answer=f"{ARABIC}\n\n| هنا | هناك |\n|---|---|\n| one | اثنان |\n\nAnd *English*."
    )
    async with tabs() as tab:
        page = await Page.open(tab, scripted.url)
        await page.ask("ما هو تقسيم المهام؟")
        direction = "element => getComputedStyle(element).direction"
        assert await page.turn.locator("h2").evaluate(direction) == "rtl"
        assert await page.prose.locator("p").first.evaluate(direction) == "rtl"
        assert await page.prose.locator("p").last.evaluate(direction) == "ltr"
        cell = page.prose.locator("td").first
        assert await cell.evaluate("e => getComputedStyle(e).unicodeBidi") == "plaintext"
        assert await page.chips.first.inner_text() == "1"


async def test_in_chinese_and_enter_takes_a_candidate_while_composing(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    async with tabs(locale="zh-CN") as tab:
        page = Page(tab)
        await tab.page.goto(scripted.url)
        await expect(page.field).to_have_attribute("placeholder", "输入问题")
        assert await tab.page.evaluate("() => document.documentElement.lang") == "zh-CN"
        await page.field.focus()
        ime = await tab.page.context.new_cdp_session(tab.page)
        composing = {"selectionStart": 2, "selectionEnd": 2, "text": "任务"}
        await ime.send("Input.imeSetComposition", composing)
        # The key as an input method leaves it: told, but typing nothing.
        for code in (13, 229):
            enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": code}
            await ime.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
            await ime.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
        await expect(page.field).to_have_value("任务")
        await expect(tab.page.locator(".turn")).to_have_count(0)
        await ime.send("Input.insertText", {"text": "任务分解"})
        await expect(page.field).to_have_value("任务分解")
        await tab.page.keyboard.press("Enter")
        await expect(page.turn.locator("h2")).to_have_text("任务分解")
        await page.wait_end()
        await expect(page.turn.locator(".measures")).to_contain_text("首字")


async def test_nothing_moves_for_who_has_said_so(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    async with tabs(reduced_motion="reduce") as tab:
        page = await Page.open(tab, scripted.url)
        await page.ask(QUESTION)
        await page.chips.first.click()
        moving = await tab.page.evaluate("() => document.getAnimations().length")
        assert moving == 0
        assert await tab.page.evaluate(
            "() => [...document.querySelectorAll('*')].every(element => "
            "getComputedStyle(element).transitionDuration.split(',')"
            ".every(time => parseFloat(time) < .01))"
        )


async def test_a_chip_keeps_the_focus_while_its_block_grows(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    async with tabs() as tab:
        page = await Page.open(tab, scripted.url)
        sent = {"upto": 14}
        words = [FIRST, " [1]", *(f" more{number}" for number in range(30))]
        model.once(CHAT, answer=words, may_send=lambda n: n < sent["upto"])
        await page.start(QUESTION)
        await expect(page.prose).to_contain_text("more11")
        await page.chips.first.focus()
        sent["upto"] = 100
        await expect(page.prose).to_contain_text("more29")
        await expect(page.chips.first).to_be_focused()
        assert await page.statement() == FIRST
        await page.wait_end()
        await expect(page.chips.first).to_be_focused()
