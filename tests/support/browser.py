"""A headless Chromium with one page, and a record of all that went wrong on it."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    async_playwright,
)

OUT = Path(__file__).parents[1] / "out"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but the loopback can be reached, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@dataclass
class Tab:
    """One page, what it asked for, and what failed on it."""

    page: Page
    requests: list[str] = field(default_factory=list)  # "GET http://..."
    console: list[str] = field(default_factory=list)  # errors and warnings only
    exceptions: list[str] = field(default_factory=list)  # uncaught in the page
    failures: list[str] = field(default_factory=list)  # no answer, or an answer cut short
    refusals: list[str] = field(default_factory=list)  # answered with 4xx or 5xx

    @property
    def problems(self) -> list[str]:
        return [*self.console, *self.exceptions, *self.failures, *self.refusals]

    async def screenshot(self, name: str) -> Path:
        """Save the whole page as tests/out/<name>.png."""
        OUT.mkdir(exist_ok=True)
        path = OUT / f"{name}.png"
        await self.page.screenshot(path=path, full_page=True)
        return path

    def _listen(self) -> None:
        self.page.on("request", self._on_request)
        self.page.on("requestfailed", self._on_failure)
        self.page.on("response", self._on_response)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.exceptions.append(str(error)))

    def _on_request(self, request: Request) -> None:
        self.requests.append(f"{request.method} {request.url}")

    def _on_failure(self, request: Request) -> None:
        self.failures.append(f"{request.method} {request.url}: {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.refusals.append(f"{response.request.method} {response.url}: {response.status}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.console.append(f"{message.type}: {message.text}")


def chromium() -> str | None:
    """Return the browser to use: $CHROMIUM, one on PATH, or None for Playwright's own."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Yield a browser for several tabs; it belongs to the event loop it was opened in."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=_FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def tab_of(browser: Browser, **context: Any) -> AsyncIterator[Tab]:
    """Yield a page that shares nothing with the browser's others; as for `open_tab`."""
    own = await browser.new_context(**context)
    try:
        tab = Tab(await own.new_page())
        tab._listen()
        yield tab
    finally:
        await own.close()


@asynccontextmanager
async def open_tab(**context: Any) -> AsyncIterator[Tab]:
    """Yield a page in a browser of its own; `context` as for Playwright's new_context."""
    async with open_browser() as browser, tab_of(browser, **context) as tab:
        yield tab
