"""Open WebUI's own page and server, connected as docs/openai.md says, over one conversation."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.async_api import Locator, expect

from tests.support.browser import open_tab
from tests.support.corpus import TASK, TEXTS, TREE
from tests.support.openai_server import OpenAIServer
from tests.support.openwebui import ChatPage, OpenWebUI
from tests.support.served import over
from tests.support.service import Service

FIRST, SECOND = "What is task decomposition?", "And what does tree of thoughts do?"
WAIT = 30_000
NEXT = "Which tools are there?"
CHAT = "gpt-4o-mini"
TASKS_BEGIN = "### Task:"
TASKS = {
    "title": {"title": "Small steps"},
    "tags": {"tags": ["planning"]},
    "follow_ups": {"follow_ups": [NEXT]},
}


def answer(body: dict[str, Any]) -> str:
    """To a task its JSON; else the passage on tree of thoughts is cited before that on tasks."""
    asked = body["messages"][-1]["content"]
    if asked.startswith(TASKS_BEGIN):
        return next(json.dumps(made) for name, made in TASKS.items() if f'"{name}":' in asked)
    told = "\n".join(message["content"] for message in body["messages"])
    places = [told.index(text) for text in TEXTS]
    number = {
        text: 1 + sum(at < own for at in places) for text, own in zip(TEXTS, places, strict=True)
    }
    return f"Reasoning branches. [{number[TREE]}] Smaller steps. [{number[TASK]}]"


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer(answer=answer) as server:
        yield server


@pytest.fixture(scope="module")
def service(model: OpenAIServer, chroma_url: str) -> Iterator[Service]:
    plain = {"RAG_ABSTAIN_BELOW": "off", "RAG_CONDENSE": "off", "RAG_REWORD": "off"}
    with Service(env=over(model, chroma_url, **plain)) as service:
        yield service


@pytest.fixture(scope="module")
def webui(service: Service) -> Iterator[OpenWebUI]:
    with OpenWebUI(f"{service.url}/v1") as webui:
        yield webui


def asked_for(model: OpenAIServer) -> list[list[dict[str, Any]]]:
    """The messages of all requests to the chat model."""
    return [call.body["messages"] for call in model.chats]


def tags(webui: OpenWebUI, chat: ChatPage) -> list[str]:
    """What a conversation is filed under; empty until that is known."""
    found: list[str] = webui.chat(chat.id)["meta"].get("tags", [])
    return found


async def check_sources(chat: ChatPage, answer: Locator, service: Service) -> None:
    """Below the answer and behind its markers is what it cites, in this order."""
    await expect(answer).to_contain_text(
        "Reasoning branches. Notes Smaller steps. Notes", timeout=WAIT
    )
    await expect(answer.get_by_role("button", name="2 Sources")).to_be_visible()
    markers = answer.get_by_role("button", name="Notes")
    for number, passage in enumerate((TREE, TASK)):
        title, shown, address = await chat.source(markers.nth(number))
        assert (title, shown) == ("Notes", passage)
        assert address.startswith(f"{service.url}/sources/")
        async with httpx.AsyncClient(trust_env=False) as client:
            page = await client.get(address, headers={"Accept": "text/html"})
        assert re.findall(r"<mark[^>]*>(.*?)</mark>", page.text) == [passage]


async def test_a_conversation(service: Service, model: OpenAIServer, webui: OpenWebUI) -> None:
    async with open_tab() as tab:
        chat = await ChatPage.open(tab.page, webui.url)
        await chat.ask(FIRST)
        await expect(chat.button(NEXT)).to_be_visible(timeout=WAIT)
        await check_sources(chat, chat.answers.last, service)
        await model.until(lambda: tags(webui, chat) == ["planning"], timeout=30)  # made last
        assert webui.chat(chat.id)["title"] == "Small steps"
        tasks = [asked for asked in asked_for(model) if TASKS_BEGIN in asked[-1]["content"]]
        assert len(tasks) == 3
        assert not any(text in one["content"] for asked in tasks for one in asked for text in TEXTS)
        assert len(model.embeddings) == 2  # the passages, and the one question

        await chat.reload()
        await check_sources(chat, chat.answers.last, service)
        await tab.screenshot("openwebui")

        await chat.ask(SECOND)
        await expect(chat.answers).to_have_count(2, timeout=WAIT)
        await check_sources(chat, chat.answers.last, service)
        [second] = [asked for asked in asked_for(model) if asked[-1]["content"] == SECOND]
        assert [one["content"] for one in second[1:]] == [
            FIRST,
            "Reasoning branches. Smaller steps.",
            SECOND,
        ]
        asked = [request.split()[1] for request in tab.requests]
        assert [address for address in asked if not address.startswith(webui.url)] == []


async def test_stopping_and_failing(model: OpenAIServer, webui: OpenWebUI) -> None:
    async with open_tab() as tab:
        chat = await ChatPage.open(tab.page, webui.url)
        model.once(CHAT, answer=json.dumps(TASKS["title"]))
        model.once(CHAT, answer="One two three four", hold_after=2)
        await chat.ask(FIRST)
        await expect(chat.answers.last).to_contain_text("One two", timeout=WAIT)
        await chat.stop()
        await model.until(lambda: any(call.outcome == "abandoned" for call in model.chats))

        model.once(CHAT, answer="There are three", error_after=2)
        await chat.ask(SECOND)
        failed = f"There are the chat model 'openai:{CHAT}' failed"
        await expect(chat.answers.last).to_contain_text(failed, timeout=WAIT)
