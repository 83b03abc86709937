"""The service's page in a tab: what a reader does there, and what they see."""

from dataclasses import dataclass
from typing import Any, Self

from playwright.async_api import Locator, expect

from tests.support.browser import Tab

WAIT_MS = 15_000
expect.set_options(timeout=WAIT_MS)


@dataclass(frozen=True)
class Page:
    """A tab that shows the page."""

    tab: Tab

    @classmethod
    async def open(cls, tab: Tab, url: str, path: str = "/") -> Self:
        """Open it, and wait until it can be asked."""
        await tab.page.goto(url + path)
        page = cls(tab)
        await page.wait_ready()
        return page

    async def wait_ready(self) -> None:
        await expect(self.tab.page.locator(".status-line")).to_be_visible()

    @property
    def field(self) -> Locator:
        return self.tab.page.locator("#question")

    @property
    def turn(self) -> Locator:
        """The last question with its answer."""
        return self.tab.page.locator(".turn").last

    @property
    def prose(self) -> Locator:
        return self.turn.locator(".prose")

    @property
    def chips(self) -> Locator:
        return self.prose.locator("button.chip")

    @property
    def passages(self) -> Locator:
        return self.tab.page.locator(".passage")

    @property
    def problems(self) -> list[str]:
        """All that went wrong, but for requests that the page has given up for newer ones."""
        return [each for each in self.tab.problems if not each.endswith("net::ERR_ABORTED")]

    def button(self, name: str, **more: Any) -> Locator:
        return self.tab.page.get_by_role("button", name=name, **more)

    async def start(self, question: str) -> None:
        await self.field.fill(question)
        await expect(self.button("Ask", exact=True)).to_have_attribute("aria-disabled", "false")
        await self.field.press("Enter")
        await expect(self.turn.locator("h2")).to_have_text(question)

    async def wait_end(self) -> None:
        """Until the answer has ended, however it did."""
        await expect(self.turn.locator(".actions")).to_be_visible()
        await expect(self.turn.locator(".prose[aria-busy=true]")).to_have_count(0)

    async def ask(self, question: str) -> str:
        """Ask, wait for the end; the answer's text as it is shown."""
        await self.start(question)
        await self.wait_end()
        return await self.text()

    async def text(self) -> str:
        return await self.prose.inner_text() if await self.prose.count() else ""

    async def statement(self) -> str:
        """What is marked in the answer: the statement that the chip stands for."""
        marked: str = await self.tab.page.evaluate(
            """() => [...(CSS.highlights.get('statement') ?? [])]
                .map(range => range.toString()).join('|')"""
        )
        return marked

    async def is_wider_than_its_window(self) -> bool:
        wider: bool = await self.tab.page.evaluate(
            "() => document.documentElement.scrollWidth > innerWidth"
        )
        return wider
