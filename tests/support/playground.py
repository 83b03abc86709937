"""LangServe's playground page, driven as a person would."""

from dataclasses import dataclass
from typing import Self

from playwright.async_api import Page, expect


@dataclass(frozen=True)
class Step:
    """One entry under "Intermediate steps": its name and the text shown for it."""

    name: str
    text: str


class Playground:
    """The page of one route; its form is made from the JSON schema of the input."""

    def __init__(self, page: Page) -> None:
        self._page = page
        # JSON Forms names a field after its place in the schema.
        self.question = page.locator("[id='#/properties/input-input']")
        self.output = page.locator("h2:text-is('Output') + div")
        self._start = page.get_by_role("button", name="Start", exact=True)
        self._stop = page.get_by_role("button", name="Stop")
        self._steps = page.get_by_role("button", name="Intermediate steps")

    @classmethod
    async def open(cls, page: Page, base: str, *, config_hash: str = "") -> Self:
        """Open the page of the route at `base`, such as http://127.0.0.1:8000/rag."""
        shared = f"/c/{config_hash}" if config_hash else ""
        await page.goto(f"{base}{shared}/playground/")
        playground = cls(page)
        await expect(playground._start).to_be_visible()
        return playground

    async def ask(self, question: str, *, timeout: float = 30.0) -> str:  # noqa: ASYNC109
        """Type the question, press Start, wait for the end; return the Output panel's text."""
        await self.start(question)
        await self.wait_end(timeout=timeout)
        return await self.read_output()

    async def start(self, question: str) -> None:
        await self.question.fill(question)
        await self._start.click()

    async def wait_end(self, *, timeout: float = 30.0) -> None:  # noqa: ASYNC109
        """Wait until the Stop button has turned into Start again."""
        await expect(self._start).to_be_visible(timeout=timeout * 1000)

    async def wait_output(self, text: str, *, timeout: float = 30.0) -> None:  # noqa: ASYNC109
        """Wait until the Output panel contains the text, be the stream at its end or not."""
        await expect(self.output).to_contain_text(text, timeout=timeout * 1000)

    async def stop(self) -> None:
        await self._stop.click()
        await expect(self._start).to_be_visible()

    async def read_output(self) -> str:
        """Return the Output panel's text to the letter; empty while there is no panel."""
        if not await self.output.count():
            return ""
        return await self.output.text_content() or ""

    async def steps(self) -> list[Step]:
        """Open the list of intermediate steps where it has any, and return what it shows."""
        if not await self._steps.count() or not await self._steps.is_enabled():
            return []
        panel = self._steps.locator("xpath=..")
        if not await panel.locator("pre").count():
            await self._steps.click()
        names = await panel.locator("strong").all_text_contents()
        texts = await panel.locator("pre").all_text_contents()
        return [Step(*pair) for pair in zip(names, texts, strict=True)]

    async def complaints(self) -> list[str]:
        """Return what the page says in red: an input that does not fit the schema."""
        return await self._page.locator("li:below(:text('Validation Errors'))").all_text_contents()
