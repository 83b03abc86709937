"""The README's pictures of the page, over the sample: `python -m tests.support.page_pictures`.

As `make run` has it: no key, local models. A minute.
"""

import asyncio
from pathlib import Path

from playwright.async_api import expect

from tests.support.browser import open_tab
from tests.support.page import Page
from tests.support.paths import ROOT
from tests.support.service import Service, ingest

DOCS = ROOT / "docs"
ANSWERED, REFUSED = DOCS / "page-answer.png", DOCS / "page-abstained.png"
SIZE = {"width": 1120, "height": 700}
REFUSED_QUESTION = "Which enzyme splits lactose in the small intestine?"


async def take(url: str, question: str, path: Path, *, dark: bool) -> None:
    scheme = "dark" if dark else "light"
    async with open_tab(viewport=SIZE, color_scheme=scheme, reduced_motion="reduce") as tab:
        page = await Page.open(tab, url)
        await expect(tab.page.locator(".status-line")).to_contain_text("12 documents")
        await page.ask(question)
        if await page.chips.count():
            await page.chips.first.focus()
        await tab.page.screenshot(path=path)


def main() -> None:
    service = Service()
    ingest(service.environment, "--sample").check_returncode()
    with service:
        asyncio.run(take(service.url, "What is Task Decomposition?", ANSWERED, dark=False))
        asyncio.run(take(service.url, REFUSED_QUESTION, REFUSED, dark=True))


if __name__ == "__main__":
    main()
