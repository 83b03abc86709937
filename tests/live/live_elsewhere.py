"""The template in somebody else's app, behind LangServe's own routes, as LangServe has them.

Installed from its wheel, in a process that knows nothing of this repository.
"""

import gc
import json
import re
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
from langchain_core.documents import Document
from langchain_core.runnables.utils import AddableDict
from langserve import RemoteRunnable
from langserve.lzstring import LZString

from rag_stream.index.folder import inside
from tests.support import js, sse
from tests.support.elsewhere import SERVE, Elsewhere
from tests.support.openai_server import OpenAIServer
from tests.support.service import Service, ingest

QUESTION = {"input": "What is Task Decomposition?"}
TOKENS = ["Small", " steps", ", it", " says", "."]
KEYS = ["input", "context", "answer", "citations", "status"]

pytestmark = pytest.mark.filterwarnings("ignore:astream_log is deprecated")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    return Elsewhere(tmp_path_factory.mktemp("elsewhere"))


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer(answer=TOKENS) as server:
        yield server


def serve(elsewhere: Elsewhere, model: OpenAIServer, command: Sequence[str]) -> Service:
    """A service to be entered, its index filled with the sample."""
    # The stand-in has no other words for a question, whatever its vectors make of it.
    env = {**model.environment, **elsewhere.environment, "RAG_REWORD": "off"}
    service = Service(command, env=env, cwd=elsewhere.folder, ready="/docs")
    filling = {name: value for name, value in service.environment.items() if name != "PYTHONPATH"}
    assert ingest(filling, "--sample").returncode == 0
    return service


@pytest.fixture(scope="module")
def service(elsewhere: Elsewhere, model: OpenAIServer) -> Iterator[Service]:
    """Their app over the sample; the chain starts and shares the index server by itself."""
    service = serve(elsewhere, model, SERVE)
    with service:
        yield service


@pytest.fixture
def http(service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
async def remote(service: Service) -> AsyncIterator[RemoteRunnable]:
    remote = RemoteRunnable(f"{service.url}/x/")
    with remote.sync_client:
        async with remote.async_client:
            yield remote
    gc.collect()  # see remote_runnable/conftest.py


def check(output: dict[str, Any]) -> None:
    assert list(output) == KEYS
    assert output["input"] == QUESTION["input"]
    assert output["answer"] == "".join(TOKENS)
    assert len(output["context"]) > 4
    assert output["status"]["state"] == "completed"


def joined(chunks: list[Any]) -> dict[str, Any]:
    whole = AddableDict()
    for chunk in chunks:
        whole = whole + AddableDict(chunk)
    return dict(whole)


def test_invoke_gives_the_context_too(http: httpx.Client) -> None:
    answer = http.post("/x/invoke", json={"input": QUESTION})
    assert answer.status_code == 200
    check(answer.json()["output"])
    assert answer.json()["metadata"]["run_id"]


def test_batch(http: httpx.Client) -> None:
    answer = http.post("/x/batch", json={"inputs": [QUESTION, QUESTION]})
    first, second = answer.json()["output"]
    check(first)
    check(second)


def test_stream_brings_the_chunks_in_langserves_events(service: Service) -> None:
    with sse.post(f"{service.url}/x/stream", {"input": QUESTION}) as stream:
        events = [event for event in stream if event.comment is None]
    assert [event.event for event in events][:: len(events) - 1] == ["metadata", "end"]
    chunks = [event.json() for event in events if event.event == "data"]
    kinds = [next(iter(chunk)) for chunk in chunks]
    assert kinds[:2] == ["input", "context"]
    assert kinds[-2:] == ["citations", "status"]
    assert "".join(chunk["answer"] for chunk in chunks if "answer" in chunk) == "".join(TOKENS)


def test_stream_log_builds_the_answer_up(service: Service) -> None:
    with sse.post(f"{service.url}/x/stream_log", {"input": QUESTION}) as stream:
        patches = [event.json() for event in stream if event.event == "data"]
    added = [
        op["value"]
        for patch in patches
        for op in patch["ops"]
        if op["path"] == "/streamed_output/-"
    ]
    check(joined(added))


def test_stream_events_tell_of_every_step(service: Service) -> None:
    with sse.post(f"{service.url}/x/stream_events", {"input": QUESTION}) as stream:
        events = [event.json()["event"] for event in stream if event.event == "data"]
    assert (events[0], events[-1]) == ("on_chain_start", "on_chain_end")
    assert {"on_retriever_end", "on_prompt_end", "on_chat_model_stream"} <= set(events)


def test_a_shared_link_chooses(service: Service) -> None:
    chosen = LZString.compressToEncodedURIComponent(json.dumps({"configurable": {"k": 1}}))
    with sse.post(f"{service.url}/x/c/{chosen}/stream", {"input": QUESTION}) as stream:
        chunks = [event.json() for event in stream if event.event == "data"]
    (context,) = [chunk["context"] for chunk in chunks if "context" in chunk]
    assert len(context) == 1


def test_the_schemas_are_declared(http: httpx.Client) -> None:
    question = http.get("/x/input_schema").json()
    assert question["required"] == ["input"]
    declared = list(http.get("/x/output_schema").json()["properties"])
    assert declared == [KEYS[0], "question", *KEYS[1:-1], "suggestions", KEYS[-1]]
    config = http.get("/x/config_schema").json()
    configurable = config["$defs"]["Configurable"]["properties"]
    assert {"k", "search_type", "filter"} <= set(configurable)
    paths = http.get("/openapi.json").json()["paths"]
    assert {"/x/invoke", "/x/batch", "/x/stream", "/x/stream_log", "/x/stream_events"} <= set(paths)


def test_the_playground_is_langserves_own(http: httpx.Client) -> None:
    page = http.get("/x/playground/")
    assert page.status_code == 200
    (script,) = re.findall(r'src="(/x/playground/assets/[^"]+\.js)"', page.text)
    asset = http.get(script)
    assert asset.status_code == 200
    assert asset.headers["content-type"].startswith("application/javascript")


async def test_the_python_client(remote: RemoteRunnable) -> None:
    outputs = [
        remote.invoke(QUESTION),
        await remote.ainvoke(QUESTION),
        *remote.batch([QUESTION, QUESTION]),
        joined(list(remote.stream(QUESTION))),
        joined([chunk async for chunk in remote.astream(QUESTION)]),
    ]
    for output in outputs:
        check(output)
        assert all(isinstance(document, Document) for document in output["context"])


def test_the_javascript_client(service: Service) -> None:
    at = f"{service.url}/x"
    (output,) = js.ask(at, "invoke", QUESTION["input"])
    check(output)
    *chunks, status = js.ask(at, "stream", QUESTION["input"])
    assert "".join(chunk.get("answer", "") for chunk in chunks) == "".join(TOKENS)
    assert status["status"]["state"] == "completed"


def test_a_question_without_its_field_is_refused(http: httpx.Client) -> None:
    assert http.post("/x/invoke", json={"input": {"question": "Why?"}}).status_code == 422


async def test_the_model_stops_when_the_reader_leaves(
    service: Service, model: OpenAIServer
) -> None:
    model.calls.clear()
    model.once("gpt-4o-mini", answer=["word "] * 1000, tokens_per_second=20)
    with sse.post(f"{service.url}/x/stream", {"input": QUESTION}) as stream:
        for event in stream:
            if event.event == "data" and event.json().get("answer"):
                break
    await model.until(lambda: model.live == 0)
    assert model.chats[0].outcome == "abandoned"


@pytest.mark.parametrize(
    ("app", "path"), [("main:app", "/x"), ("readme:app", "/rag")], ids=["closes it", "does not"]
)
def test_it_ends_cleanly_and_the_index_server_with_it(
    elsewhere: Elsewhere, model: OpenAIServer, app: str, path: str
) -> None:
    """Whether or not the app closes the chain at its end: the README's own does not."""
    command = [part.replace("main:app", app) for part in SERVE]
    service = serve(elsewhere, model, command)
    with service:
        answer = httpx.post(
            f"{service.url}{path}/invoke", json={"input": QUESTION}, trust_env=False, timeout=60
        )
        check(answer.json()["output"])
        before = service.output()  # LangServe's banner, where there is no lifespan
        assert service.terminate() in (0, -signal.SIGTERM)
        assert service.output() == before
        deadline = monotonic() + 30
        while inside(service.folder / "chroma", "address").exists():
            assert monotonic() < deadline
            sleep(0.1)
