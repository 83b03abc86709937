"""Sources in a browser: quotes are found and marked on their own pages, and on ours."""

# ruff: noqa: RUF001 - signs of other scripts are meant here

import base64
from collections.abc import Iterator

import httpx
import pytest

from ingest.sources.extract import extract
from rag_stream.citations.text_fragment import with_quote
from tests.support.browser import Tab, open_tab
from tests.support.openai_server import OpenAIServer
from tests.support.served import over
from tests.support.service import Service
from tests.support.web_server import Answer, WebServer

BLOCKS = (
    "<h2>The <em>first</em> heading, well-known &amp; short<a hidden href='#a'>#</a></h2>",
    "<p>A sentence with <code>pip install -U a_b</code>, <b>bold words</b> and <a href='/b'>a "
    "link</a> in it. Another one follows that goes on and on, for long enough to be cut in the "
    "middle, with commas, hyphens-too and 100% more.</p>",
    "<ul><li>The first item of a list</li><li>The second <i>item</i> of a list</li></ul>",
    "<table><tr><th>Plan of all</th><th>Price</th></tr><tr><td>The basic plan</td>"
    "<td>5, really</td></tr></table>",
    "<pre><code class='language-python'>def answer(question):\n    if question:\n"
    "        return ask(question)  # at once\n</code></pre>",
    "<p>任务分解是把一个大任务分成小步骤，依次完成每一步。这样可以更好地理解模型的思考过程，"
    "也更容易检查结果是否正确，而不是一次完成所有的事情，那样很难做到，也很难说明白为什么会这样。"
    "最后一句在这里，它也要被找到。</p>",
    "<p>日本語の文章もここにあります。単語の間に空白はありません。</p>",
    "<blockquote><p>What somebody else has said of it: nothing.</p></blockquote>",
)
PAGE = (
    "<!doctype html><html><head><meta charset='utf-8'><title>A page</title><style>"
    "body *{scroll-margin:0}main>*{margin:0 0 3000px}::target-text{background:#f0f}"
    "</style></head><body><main><h1>A page</h1>" + "".join(BLOCKS) + "</main></body></html>"
)
# Each with the number of the block that it begins in.
QUOTES = (
    ("The first heading, well-known & short", 0),
    ("A sentence with `pip install -U a_b`, bold words and a link in it.", 1),
    (
        "Another one follows that goes on and on, for long enough to be cut in the middle, with "
        "commas, hyphens-too and 100% more.",
        1,
    ),
    ("- The second item of a list", 2),
    ("| The basic plan | 5, really |", 3),
    ("if question:\n        return ask(question)  # at once", 4),
    ("任务分解是把一个大任务分成小步骤，依次完成每一步。", 5),
    (
        "这样可以更好地理解模型的思考过程，也更容易检查结果是否正确，而不是一次完成所有的事情，"
        "那样很难做到，也很难说明白为什么会这样。最后一句在这里，它也要被找到。",
        5,
    ),
    ("単語の間に空白はありません。", 6),
    ("What somebody else has said of it: nothing.", 7),
)
MARKED = """async png => {
    const image = new Image()
    image.src = 'data:image/png;base64,' + png
    await image.decode()
    const canvas = new OffscreenCanvas(image.width, image.height)
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0)
    const points = new Uint32Array(
        context.getImageData(0, 0, image.width, image.height).data.buffer)
    return points.filter(point => point === 0xffff00ff).length
}"""
"""How many points of a picture have the colour of the page's marks."""


async def test_a_browser_finds_and_marks_each_quote_on_its_page() -> None:
    text = extract(PAGE.encode(), "html", None, None).text
    answer = Answer(PAGE, headers={"Content-Type": "text/html; charset=utf-8"})
    with WebServer({"/a": answer}) as web:
        async with open_tab(viewport={"width": 800, "height": 600}) as tab:
            for quote, block in QUOTES:
                start = text.index(quote)
                await tab.page.goto("about:blank")
                address = with_quote(web.url("/a"), text, start, start + len(quote))
                await tab.page.goto(address)
                assert await shows(tab, f"main > :nth-child({block + 2})"), address
                picture = base64.b64encode(await tab.page.screenshot()).decode()
                assert await tab.page.evaluate(MARKED, picture) > 50, address


async def shows(tab: Tab, selector: str) -> bool:
    """Whether the browser has scrolled to an element."""
    box = await tab.page.locator(selector).bounding_box()
    return box is not None and box["y"] + box["height"] > -1 and box["y"] < 600


@pytest.fixture(scope="module")
def service(chroma_url: str) -> Iterator[Service]:
    with OpenAIServer() as model, Service(env=over(model, chroma_url)) as service:
        yield service


async def test_our_own_pages_lead_from_the_list_to_the_marked_quote(service: Service) -> None:
    asked = {"input": {"input": "How does streaming work?"}}
    async with httpx.AsyncClient(base_url=service.url, trust_env=False, timeout=30) as client:
        answer = await client.post("/rag/invoke", json=asked)
    last = max(answer.json()["output"]["context"], key=lambda one: one["metadata"]["start_index"])
    small = {"width": 360, "height": 200}
    async with open_tab(viewport=small, java_script_enabled=False, color_scheme="dark") as tab:
        await tab.page.goto(f"{service.url}/sources")
        await tab.screenshot("sources-list")
        await tab.page.get_by_label("Title or address").fill("NOTES")
        await tab.page.get_by_role("button").click()
        await tab.page.get_by_role("link", name="Notes").click()
        assert await tab.page.locator("h1").inner_text() == "Notes"

        id, quoted = last["metadata"]["chunk_id"], last["page_content"][10:40]
        await tab.page.goto(f"{service.url}/sources/{id}?quote=10,40")
        mark = tab.page.locator("mark")
        assert await mark.inner_text() == quoted
        box = await mark.bounding_box()
        assert box is not None
        assert 0 <= box["y"] < small["height"]  # scrolled to, without a script
        await tab.screenshot("sources-quote")
        # No width of a phone makes the page scroll sideways.
        width = await tab.page.locator("html").bounding_box()
        assert width is not None
        assert width["width"] == small["width"]
        assert tab.problems == []
