"""A real Chromium that reads the page as a person does, and what it tells of itself."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.page.tasks import Task, tasks_of
from bench.subject import SubjectError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
_TRACED = [
    "-*",
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "blink.user_timing",
    "v8",
]
_MARK = "bench-begins"
_BUSY = 'document.querySelector("#question") && document.querySelector(".prose[aria-busy=true]")'
_DELAYS = """() => {
  window.benchDelays = { keydown: [], wheel: [] };
  for (const kind of ['keydown', 'wheel']) {
    addEventListener(kind, ({ timeStamp }) => {
      // Its frame, and behind the work for it.
      requestAnimationFrame(() => setTimeout(() =>
        window.benchDelays[kind].push(performance.now() - timeStamp)));
    }, { capture: true, passive: true });
  }
}"""
_FIRST = """() => {
  const paints = performance.getEntriesByType('paint');
  return Object.fromEntries(paints.map(({ name, startTime }) => [name, startTime]));
}"""
_BYTES = """() => {
  const all = [...performance.getEntriesByType('navigation'),
    ...performance.getEntriesByType('resource')];
  return Object.fromEntries(all
    .filter(({ name }) => name === location.origin + '/' || name.includes('/page/'))
    .filter(({ name }) => !name.endsWith('/page/info'))
    .map(({ name, encodedBodySize }) => [new URL(name).pathname, encodedBodySize]));
}"""


@dataclass(frozen=True, slots=True)
class Streamed:
    """What was seen while one answer came."""

    tasks: list[Task]
    typing_ms: list[float]
    """From a key to the frame that shows it."""
    scrolling_ms: list[float]
    seconds: float
    chips: int
    characters: int


@contextmanager
def browsing() -> Iterator["Browser"]:
    """A browser, closed at the end. Raises SubjectError where Playwright is missing."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise SubjectError(
            "expected Playwright, got none: run it in the environment of the tests, after "
            "`make .venv/.installed-dev` and `tests/prepare`"
        ) from error
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def paints(browser: "Browser", address: str) -> dict[str, dict[str, float]]:
    """Milliseconds to the first paints, of a first visit and of one more."""
    context = browser.new_context()
    try:
        page = context.new_page()
        found = {}
        for name in ("cold", "warm"):
            page.goto(address, wait_until="load")
            page.wait_for_function("performance.getEntriesByType('paint').length === 2")
            found[name] = page.evaluate(_FIRST)
        return found
    finally:
        context.close()


def streamed(
    browser: "Browser", address: str, question: str, limit_s: float, *, acting: bool
) -> tuple[Streamed, dict[str, int]]:
    """Ask, and while the answer comes type and scroll; also the bytes that the page took."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        page.goto(address, wait_until="load")
        page.wait_for_selector("button[type=submit]")
        page.evaluate(_DELAYS)
        page.fill("#question", question)
        page.wait_for_timeout(300)
        browser.start_tracing(page=page, categories=_TRACED)
        page.evaluate(f"performance.mark({_MARK!r})")
        started = time.monotonic()
        page.click("button[type=submit]")
        page.wait_for_selector(".prose", timeout=20_000)
        _use(page, started + limit_s, acting=acting)
        seconds = time.monotonic() - started
        page.wait_for_timeout(300)
        events = json.loads(browser.stop_tracing())["traceEvents"]
        delays: dict[str, list[float]] = page.evaluate("window.benchDelays")
        said = page.inner_text(".prose")
        found = Streamed(
            tasks=tasks_of(events, _MARK),
            typing_ms=delays["keydown"],
            scrolling_ms=delays["wheel"],
            seconds=seconds,
            chips=page.locator(".prose .chip").count(),
            characters=len(said),
        )
        return found, page.evaluate(_BYTES)
    finally:
        context.close()


def _use(page: "Page", limit: float, *, acting: bool) -> None:
    """Type and scroll in turn until the answer has come."""
    page.mouse.move(500, 400)
    keys = "what comes after that and why is it so "
    number = 0
    while page.evaluate(f"Boolean({_BUSY})"):
        if time.monotonic() > limit:
            raise SubjectError(f"the answer is not at its end: {page.inner_text('main')[-500:]!r}")
        if acting:
            page.keyboard.press("Space" if keys[number % 39] == " " else keys[number % 39])
            page.mouse.wheel(0, 120 if number % 4 else -200)
        number += 1
        page.wait_for_timeout(60)
