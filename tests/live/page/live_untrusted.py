"""Documents and answers that are against the reader: shown as text, nothing else comes of it."""

import pytest
from playwright.async_api import expect

from tests.live.page.conftest import Tabs
from tests.live.page.texts import CHAT, HOSTILE_TITLE
from tests.support.browser import Tab
from tests.support.openai_server import OpenAIServer
from tests.support.page import Page
from tests.support.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")
ELSEWHERE = "https://elsewhere.invalid"
BEGIN = """
window.told = [];
document.addEventListener('securitypolicyviolation', event => told.push(event.blockedURI));
window.alert = () => { window.ran = 1; };
"""
ANSWER = f"""
# Heading <script>window.ran=1</script>

<img src=x onerror="window.ran=1"><svg onload="window.ran=1"><iframe src="{ELSEWHERE}/f"></iframe>
<style>body {{ display: none }}</style><base href="{ELSEWHERE}/">
<form action="{ELSEWHERE}/g"><input>

![calls home]({ELSEWHERE}/i.png "x") ![data](data:image/svg+xml,<svg/onload=window.ran=1>)

[script](javascript:window.ran=1) [cased](JaVa&#x53;cript:window.ran=1)
[tab](java&Tab;script:window.ran=1)
[data](data:text/html,<script>window.ran=1</script>) [vb](vbscript:x) [blob](blob:x) [file](file:///etc/passwd)
<javascript:window.ran=1> [ref] [good](https://good.invalid/a_b)
[title](https://good.invalid/t "'><img src=x onerror=window.ran=1>")

[ref]: javascript:window.ran=1

`code [1] <b>` and ``` [1] ``` end.

```html"onload="window.ran=1
<script>window.ran=1</script> [1]
```

| a<script>window.ran=1</script> | \u202egnorw |
|---|---|
| <td onmouseover=window.ran=1>x | ze\u200bro \ue000 \ue001 1 |

<!-- comment --> &lt;script&gt; <a id="page" name="told" href="#x" onclick="window.ran=1">anchor</a>
Quokkas smile. [1] \u2066isolated and never closed. [[1]](javascript:window.ran=1)
"""


async def nothing_came_of_it(page: Page, url: str) -> None:
    tab = page.tab
    assert await tab.page.evaluate("() => window.ran") is None
    assert await tab.page.evaluate("() => window.told") == []
    hosts = {request.split(" ", 1)[1][: len(url)] for request in tab.requests}
    assert hosts == {url}
    assert page.problems == []


async def press_everything(tab: Tab, inside: str) -> None:
    """Over and into all there is: handlers run, if there are any."""
    await tab.page.evaluate(
        """inside => {
            for (const element of document.querySelectorAll(inside + ' *'))
                for (const kind of ['mouseover', 'mousedown', 'focus', 'load', 'error'])
                    element.dispatchEvent(new Event(kind, { bubbles: kind === 'mouseover' }));
        }""",
        inside,
    )


async def test_a_hostile_answer_is_text(scripted: Service, model: OpenAIServer, tabs: Tabs) -> None:
    model.once(CHAT, answer=[ANSWER[at : at + 7] for at in range(0, len(ANSWER), 7)])
    async with tabs() as tab:
        await tab.page.add_init_script(BEGIN)
        page = await Page.open(tab, scripted.url)
        await page.ask("Do quokkas smile?")
        await press_everything(tab, ".prose")
        await nothing_came_of_it(page, scripted.url)

        links = page.prose.locator("a")
        addresses = await links.evaluate_all("all => all.map(a => a.getAttribute('href'))")
        # An address in a text may be followed, by who wants to.
        assert {address.partition(".invalid/")[0] for address in addresses} == {
            "https://good",
            ELSEWHERE.removesuffix(".invalid"),
        }
        for name, value in (("rel", "noopener noreferrer"), ("target", "_blank")):
            assert await links.evaluate_all(
                "(all, n) => all.map(a => a.getAttribute(n))", name
            ) == [value] * len(addresses)
        foreign = "img, script, svg, iframe, style, base, form, input, object, [onclick], [onerror]"
        assert await page.prose.locator(foreign).count() == 0
        assert await page.prose.locator("[id], [name], [style]").count() == 0
        # What would have been HTML is there to be read.
        await expect(page.prose).to_contain_text('<img src=x onerror="window.ran=1">')
        # Only where it stands in the text is a marker one.
        assert await page.prose.locator("code .chip, pre .chip, a .chip").count() == 0
        assert await page.prose.locator("code").first.inner_text() == "code [1] <b>"
        # One line that is turned around turns no other around.
        turned = page.prose.locator("th").last
        assert await turned.evaluate("cell => getComputedStyle(cell).unicodeBidi") == "plaintext"


async def test_a_hostile_document_is_text(
    scripted: Service, model: OpenAIServer, tabs: Tabs
) -> None:
    model.once(CHAT, answer="Quokkas smile. [1]")
    async with tabs() as tab:
        await tab.page.add_init_script(BEGIN)
        page = await Page.open(tab, scripted.url)
        await page.ask("Do quokkas smile?")
        await expect(page.passages.first).to_contain_text("<script>window.ran=1</script>")
        await page.chips.first.hover()
        await press_everything(tab, ".panel")
        for shown in await tab.page.locator(".talk, .panel").all_inner_texts():
            assert "\u202e" not in shown
        links = tab.page.locator(".passage a")
        addresses = await links.evaluate_all("all => all.map(a => a.protocol)")
        assert set(addresses) == {"http:"}

        await tab.page.get_by_role("link", name="Documents").click()
        listed = tab.page.locator(".document-list .title", has_text="onerror")
        # It is read as it was written: what would turn it around is not shown.
        title = HOSTILE_TITLE.replace("\u202e", "").replace("\u202c", "")
        await expect(listed).to_have_text(title)
        await listed.click()
        text = tab.page.locator(".document-text")
        await expect(text).to_contain_text("<script>window.ran=1")
        await expect(text).to_contain_text("\u2060right to left\u2060")
        await press_everything(tab, "main")
        original = tab.page.get_by_role("link", name="Open the original")
        assert await original.count() == 0
        await tab.page.go_back()
        await tab.page.go_back()
        await expect(page.prose).to_contain_text("Quokkas smile.")
        await nothing_came_of_it(page, scripted.url)


async def test_a_hostile_address_is_no_place(scripted: Service, tabs: Tabs) -> None:
    async with tabs() as tab:
        await tab.page.add_init_script(BEGIN)
        for path in (
            "/#/c/%3Cimg%20src=x%20onerror=window.ran=1%3E",
            "/#/sources/..%2F..%2Fpage%2Finfo",
            "/#/sources/javascript:window.ran=1",
            "/#/ask?q=%3Cimg%20src=x%20onerror=window.ran=1%3E",
        ):
            await tab.page.goto("about:blank")
            page = Page(tab)
            await tab.page.goto(scripted.url + path)
            await expect(tab.page.locator(".notice, #question").first).to_be_visible()
            assert await tab.page.evaluate("() => window.ran") is None
            assert await tab.page.evaluate("() => window.told") == []
        await expect(page.field).to_have_value("<img src=x onerror=window.ran=1>")
        assert tab.exceptions == []
