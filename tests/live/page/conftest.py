"""A browser and services for the tests of the page; tabs share nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import fields
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from rag_stream.settings import load_settings
from tests.live.page.texts import ANSWER, CHAT, HOSTILE, HOSTILE_TITLE, SUGGESTED, WEB
from tests.support.browser import Tab, open_browser, tab_of
from tests.support.corpus import TEXTS, fill
from tests.support.openai_server import OpenAIServer
from tests.support.script import Script
from tests.support.service import Service

Tabs = Callable[..., AbstractAsyncContextManager[Tab]]


@pytest.fixture(scope="session")
def stand_in() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


def answer(body: dict[str, Any]) -> str:
    """Questions to go on with where it is asked for them, else the usual answer."""
    return SUGGESTED if is_for_suggestions(body) else ANSWER


def is_for_suggestions(body: dict[str, Any]) -> bool:
    return "may want to ask next" in str(body["messages"][0]["content"])


@pytest.fixture
def model(stand_in: OpenAIServer) -> OpenAIServer:
    """The stand-in for the models, as if it had been asked nothing yet."""
    plain = {field.name: getattr(Script(), field.name) for field in fields(Script)}
    stand_in.script(CHAT, **plain | {"answer": answer})
    stand_in.calls.clear()
    return stand_in


@pytest.fixture(scope="session")
def environment(stand_in: OpenAIServer, chroma_url: str) -> dict[str, str]:
    """Of services over one small index, and the stand-in as both models."""
    collection = f"page-{uuid4().hex[:12]}"
    settings = load_settings(
        chroma_url=chroma_url,
        collection=collection,
        openai_api_key="sk-stand-in",
        openai_base_url=stand_in.url,
    )

    async def filled() -> None:
        await fill(settings, TEXTS)
        await fill(settings, [WEB], source="https://docs.invalid/kiwis", title="Kiwis")
        await fill(settings, [HOSTILE], source="javascript:window.ran=1", title=HOSTILE_TITLE)

    asyncio.run(filled())
    return {
        **stand_in.environment,
        "RAG_CHROMA_URL": chroma_url,
        "RAG_COLLECTION": collection,
        "RAG_CONDENSE": "off",
        "RAG_REWORD": "off",
    }


@pytest.fixture(scope="session")
def scripted(environment: dict[str, str]) -> Iterator[Service]:
    """A language model, feedback, suggestions; conversations stay in the browser."""
    more = {"RAG_FEEDBACK": "on", "RAG_SUGGEST": "3", "RAG_ABSTAIN_BELOW": "off"}
    with Service(env={**environment, **more, "RAG_MAX_STREAMS": "4"}) as service:
        yield service


@pytest.fixture(scope="session")
def kept(environment: dict[str, str]) -> Iterator[Service]:
    """A language model, and conversations at the service."""
    with Service(env={**environment, "RAG_SESSIONS": "on", "RAG_ABSTAIN_BELOW": "off"}) as service:
        yield service


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as browser:
        yield browser


@pytest.fixture
def tabs(browser: Browser) -> Tabs:
    """Opens a tab; its context's settings as for Playwright's new_context."""

    def open_one(**context: Any) -> AbstractAsyncContextManager[Tab]:
        size = {"width": 1280, "height": 900}
        return tab_of(browser, **{"viewport": size, "reduced_motion": "reduce", **context})

    return open_one
