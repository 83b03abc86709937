"""LangServe's chat playground, driven as a person would."""

from typing import Self

from playwright.async_api import Page, expect


class ChatPlayground:
    """The page of one route: messages above, a box to type the next one into below."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._box = page.get_by_placeholder("Send a message...")
        # Every message stands in a box of its own, the latest first.
        self._messages = page.locator(".group textarea")
        self._busy = page.locator(".animate-spin")

    @classmethod
    async def open(cls, page: Page, base: str, *, config_hash: str = "") -> Self:
        """Open the page of the route at `base`, such as http://127.0.0.1:8000/chat."""
        shared = f"/c/{config_hash}" if config_hash else ""
        await page.goto(f"{base}{shared}/playground/")
        playground = cls(page)
        await expect(playground._box).to_be_visible()
        return playground

    async def ask(self, message: str, *, timeout: float = 30.0) -> str:  # noqa: ASYNC109
        """Send a message, wait for the end; return what is shown as the answer."""
        await self.start(message)
        await self.wait_end(timeout=timeout)
        return (await self.messages())[-1]

    async def start(self, message: str) -> None:
        await self._box.fill(message)
        await self._box.press("Enter")

    async def wait_end(self, *, timeout: float = 30.0) -> None:  # noqa: ASYNC109
        await expect(self._busy).to_have_count(0, timeout=timeout * 1000)

    async def wait_answer(self, text: str, *, timeout: float = 30.0) -> None:  # noqa: ASYNC109
        """Wait until the latest message is this text, be the stream at its end or not."""
        await expect(self._messages.first).to_have_value(text, timeout=timeout * 1000)

    async def messages(self) -> list[str]:
        """All messages as they are shown, the oldest first."""
        boxes = await self._messages.all()
        return [await box.input_value() for box in reversed(boxes)]
