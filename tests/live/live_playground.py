"""The playground in a real Chromium: what a person sees who opens the page for the first time."""

import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from rag_stream.pipeline.refusals import REFUSAL
from tests.support import sse
from tests.support.browser import Tab, open_tab
from tests.support.openai_server import OpenAIServer
from tests.support.playground import Playground
from tests.support.service import Service, ingest

QUESTION = "What is Task Decomposition?"
CHAT = "gpt-4o-mini"


@pytest.fixture(scope="module")
def stand_in() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


def serve(env: dict[str, str]) -> Service:
    service = Service(env=env)
    assert ingest(service.environment, "--sample").returncode == 0
    return service


@pytest.fixture(scope="module")
def local() -> Iterator[Service]:
    """The service as `make run` starts it: no key, the sample, local models."""
    with serve({}) as service:
        yield service


@pytest.fixture(scope="module")
def remote(stand_in: OpenAIServer) -> Iterator[Service]:
    """The service with a scripted language model behind OpenAI's API."""
    with serve(stand_in.environment) as service:
        yield service


@pytest.fixture
async def tab() -> AsyncIterator[Tab]:
    async with open_tab(viewport={"width": 1000, "height": 900}) as tab:
        yield tab


async def test_answers_the_first_question_well(local: Service, tab: Tab) -> None:
    await tab.page.goto(f"{local.url}/rag/playground/")
    playground = Playground(tab.page)
    await tab.screenshot("playground-open")
    shown = await playground.ask(QUESTION)
    await tab.screenshot("playground-answer")
    answer, _, ending = shown.partition("\n\nSources:\n")
    assert answer.startswith("Task decomposition is the process of breaking")
    assert "[1]" in answer
    assert ending.startswith('[1] Task Decomposition (sample/task-decomposition.html)\n    "')
    assert ending.endswith("Answered by local:extractive.")
    assert "{" not in shown
    names = [step.name for step in await playground.steps()]
    assert names == ["Retriever", "ChatPromptTemplate", "local:extractive"]
    retrieved, prompt, _ = (step.text for step in await playground.steps())
    assert "sample/task-decomposition.html" in retrieved
    assert "You are an assistant for question-answering tasks." in prompt
    await tab.screenshot("playground-steps")
    assert tab.problems == []
    assert await playground.complaints() == []


async def test_what_is_chosen_in_the_form_counts(local: Service, tab: Tab) -> None:
    playground = await Playground.open(tab.page, f"{local.url}/rag")
    await tab.page.get_by_label("Documents at most").fill("2")
    await tab.page.get_by_label("Search").select_option("dense")
    await tab.page.get_by_role("button", name="Add to Source").click()
    await tab.page.locator("tbody textarea").fill("sample/agent-memory.html")
    await tab.screenshot("playground-chosen")
    shown = await playground.ask(QUESTION)
    (retrieved, *_) = (step.text for step in await playground.steps())
    assert retrieved.count("page_content") == retrieved.count("sample/agent-memory.html") == 2
    assert "lexical" not in retrieved
    assert "task-decomposition.html" not in shown
    assert tab.problems == []


async def test_says_that_nothing_was_found(local: Service, tab: Tab) -> None:
    playground = await Playground.open(tab.page, f"{local.url}/rag")
    shown = await playground.ask("Which enzyme splits lactose in the small intestine?")
    await tab.screenshot("playground-abstained")
    assert shown.startswith(f"{REFUSAL}\n\nNearest sources:\n- ")
    assert tab.problems == []


async def test_shows_the_answer_growing(remote: Service, stand_in: OpenAIServer, tab: Tab) -> None:
    go_on = threading.Event()
    words = ["Task", " decomposition", "\n", "splits", " a", " task", "."]
    stand_in.once(CHAT, answer=words, hold_after=4, release=go_on)
    playground = await Playground.open(tab.page, f"{remote.url}/rag")
    await playground.start(QUESTION)
    await playground.wait_output("Task decomposition\nsplits")
    assert await playground.read_output() == "Task decomposition\nsplits"
    await tab.screenshot("playground-growing")
    go_on.set()
    await playground.wait_end()
    shown = await playground.read_output()
    assert shown.startswith("Task decomposition\nsplits a task.\n\nFound in:\n- ")
    assert shown.endswith("Answered by openai:gpt-4o-mini.")
    assert tab.problems == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 401}, "refused the service's credentials (status 401)."),
        ({"status": 400}, "refused the request (status 400)."),
        ({"drop_after": 2}, "broke off its answer. Asking again may help."),
        ({"error_after": 2}, "Hello from\n\nThis went wrong: "),
    ],
)
async def test_tells_a_failing_model_in_words(
    remote: Service,
    stand_in: OpenAIServer,
    tab: Tab,
    fault: dict[str, int],
    words: str,
) -> None:
    stand_in.script(CHAT, **fault)
    playground = await Playground.open(tab.page, f"{remote.url}/rag")
    try:
        shown = await playground.ask(QUESTION)
    finally:
        stand_in.script(CHAT, **dict.fromkeys(fault))
    await tab.screenshot(f"playground-failing-{'-'.join(fault)}")
    assert "This went wrong: the chat model 'openai:gpt-4o-mini' " in shown
    assert words in shown
    assert "scripted failure" not in shown
    assert tab.problems == []


async def test_says_when_an_answer_was_cut_short(
    remote: Service, stand_in: OpenAIServer, tab: Tab
) -> None:
    stand_in.once(CHAT, finish_reason="length")
    playground = await Playground.open(tab.page, f"{remote.url}/rag")
    assert "The answer is incomplete" in await playground.ask(QUESTION)


async def test_tells_what_is_wrong_with_a_question(local: Service, tab: Tab) -> None:
    playground = await Playground.open(tab.page, f"{local.url}/rag")
    shown = await playground.ask("   ")
    assert "This went wrong: input: expected a question, got an empty string." in shown
    assert tab.problems == []


async def test_tells_how_to_fill_an_empty_index(tab: Tab) -> None:
    with Service(ready="/healthz") as service:
        playground = await Playground.open(tab.page, f"{service.url}/rag")
        shown = await playground.ask(QUESTION)
        assert "python -m ingest" in shown
        assert tab.problems == []


async def test_stop_ends_the_models_work(remote: Service, stand_in: OpenAIServer, tab: Tab) -> None:
    stand_in.once(CHAT, answer=["word "] * 100, hold_after=3)
    playground = await Playground.open(tab.page, f"{remote.url}/rag")
    await playground.start(QUESTION)
    await playground.wait_output("word word word")
    await playground.stop()
    await stand_in.until(lambda: stand_in.live == 0)
    assert stand_in.chats[-1].outcome == "abandoned"


async def test_a_shared_link_works(local: Service, tab: Tab) -> None:
    # "N4XyA" is LZString's for {}: a link without any setting.
    playground = await Playground.open(tab.page, f"{local.url}/rag", config_hash="N4XyA")
    assert "Task decomposition is" in await playground.ask(QUESTION)
    assert tab.problems == []


async def test_says_that_there_is_no_place(
    stand_in: OpenAIServer, remote: Service, tab: Tab
) -> None:
    env = {**stand_in.environment, "RAG_CHROMA_PATH": remote.environment["RAG_CHROMA_PATH"]}
    with Service(env={**env, "RAG_MAX_STREAMS": "1"}) as full:
        stand_in.once(CHAT, hang="first_token")
        with sse.post(f"{full.url}/rag/stream", {"input": {"input": QUESTION}}) as inside:
            next(iter(inside))
            playground = await Playground.open(tab.page, f"{full.url}/rag")
            shown = await playground.ask(QUESTION)
            await tab.screenshot("playground-overloaded")
            inside.abort()
    assert shown.startswith("This went wrong: this worker has as many runs as it may have")
    assert shown.endswith("Asking again may help.")
