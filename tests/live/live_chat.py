"""`/chat` through its clients: LangServe's chat page, and RemoteRunnable in two languages."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from langchain_core.messages import AIMessage, HumanMessage

from app.playground.chat_view import MARK
from tests.support import js, sse
from tests.support.browser import open_tab
from tests.support.chat_playground import ChatPlayground
from tests.support.openai_server import OpenAIServer
from tests.support.remote import client_of, joined
from tests.support.service import Service, ingest

CHAT = "gpt-4o-mini"
FIRST, SECOND, THIRD = (
    "What is Task Decomposition?",
    "Which ways are there to do it?",
    "What does tree of thoughts do?",
)
ONE_CALL = {"RAG_CONDENSE": "off", "RAG_REWORD": "off"}
ALONE = {"X-On-Disconnect": "continue"}
STEPS = "It splits a task into steps."
SPLITS = f"{STEPS} [1]"


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer(answer=SPLITS) as server:
        yield server


@pytest.fixture(scope="module")
def service(model: OpenAIServer) -> Iterator[Service]:
    env = {**model.environment, "RAG_EMBEDDINGS": "openai:text-embedding-3-small"}
    service = Service(env={**env, "RAG_CHAT_MODEL": f"openai:{CHAT}", **ONE_CALL})
    assert ingest(service.environment, "--sample").returncode == 0
    with service:
        yield service


def said(model: OpenAIServer) -> list[tuple[str, str]]:
    """What the model was last told of the conversation, without instructions and markers."""
    messages = model.chats[-1].body["messages"]
    told = [(m["role"], m["content"].replace(" [1]", "")) for m in messages]
    return [(role, text) for role, text in told if role != "system"]


async def test_a_conversation_on_the_page(service: Service, model: OpenAIServer) -> None:
    async with open_tab(viewport={"width": 900, "height": 1400}) as tab:
        page = await ChatPlayground.open(tab.page, f"{service.url}/chat")
        go_on = threading.Event()
        model.once(CHAT, answer=SPLITS, hold_after=3, release=go_on)
        await page.start(FIRST)
        await page.wait_answer("It splits a")
        go_on.set()
        await page.wait_end()
        asked, shown = await page.messages()
        answer, _, sources = shown.partition(f"{MARK}\n\nSources:\n")
        assert (asked, answer) == (FIRST, SPLITS)
        assert sources.startswith("[1] ")
        assert sources.endswith(f"Answered by openai:{CHAT}.")

        model.once(CHAT, answer="There are three", error_after=2)
        broken = await page.ask(SECOND)
        assert broken.startswith(f"There are{MARK}\n\nThis went wrong: the chat model")
        assert "scripted failure" not in broken
        blank = await page.ask("   ")
        assert blank.startswith(f"{MARK}This went wrong: messages.2.content: expected text, got")

        model.once(CHAT, answer="Chains and trees.")
        assert (await page.ask(SECOND)).startswith(f"Chains and trees.{MARK}")
        model.once(CHAT, answer="It explores several.")
        assert (await page.ask(THIRD)).startswith(f"It explores several.{MARK}")
        await tab.screenshot("chat-playground")
        *before, last = said(model)
        assert before == [
            ("user", FIRST),
            ("assistant", STEPS),
            ("user", SECOND),
            ("assistant", "Chains and trees."),
        ]
        assert THIRD in last[1]
        assert tab.problems == []


async def test_a_shared_link_of_the_page_works(service: Service) -> None:
    async with open_tab() as tab:
        # "N4XyA" is LZString's for {}: a link without any setting.
        page = await ChatPlayground.open(tab.page, f"{service.url}/chat", config_hash="N4XyA")
        assert (await page.ask(FIRST)).startswith(SPLITS)
        assert tab.problems == []


async def test_the_python_client_over_two_turns(service: Service, model: OpenAIServer) -> None:
    async with client_of(service, "/chat") as remote:
        messages: list[Any] = [HumanMessage(FIRST)]
        first = joined([chunk async for chunk in remote.astream({"messages": messages})])
        assert list(first) == ["input", "context", "answer", "citations", "status"]
        messages += [AIMessage(first["answer"]), HumanMessage(SECOND)]
        second = remote.invoke({"messages": messages})
    assert (second["input"], second["answer"]) == (SECOND, SPLITS)
    assert said(model)[:-1] == [("user", FIRST), ("assistant", STEPS)]


def test_the_javascript_client_over_two_turns(service: Service, model: OpenAIServer) -> None:
    chat = f"{service.url}/chat"
    chunks = js.ask(chat, "stream", "", messages=[["human", FIRST]])
    answer = "".join(chunk.get("answer", "") for chunk in chunks)
    assert (chunks[0], answer) == ({"input": FIRST}, SPLITS)
    turns = [["human", FIRST], ["ai", answer], ["human", SECOND]]
    (second,) = js.ask(chat, "invoke", "", messages=turns)
    assert (second["input"], second["answer"]) == (SECOND, SPLITS)
    assert said(model)[:-1] == [("user", FIRST), ("assistant", STEPS)]


@pytest.mark.parametrize("runs", ["chat", "rag"])
def test_an_answer_is_come_back_to(service: Service, runs: str) -> None:
    body = {"input": {"messages": [{"role": "user", "content": FIRST}]}}
    with sse.post(f"{service.url}/chat/stream", body, headers=ALONE) as stream:
        run_id = json.loads(next(iter(stream)).data)["run_id"]
    left = httpx.get(f"{service.url}/{runs}/runs/{run_id}/stream?after=1", trust_env=False)
    assert json.loads(left.text.split("data: ")[1].split("\r\n")[0]) == {"input": FIRST}
    assert left.text.rstrip().endswith("event: end")
