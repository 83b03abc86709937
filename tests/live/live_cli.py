"""The commands a person types: ask on the terminal, a key asked for, every way to serve."""

import asyncio
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from langchain_core.documents import Document

from rag_stream.index.server import acquire_server
from rag_stream.runnable import RagChain
from rag_stream.settings import load_settings
from tests.support import sse
from tests.support.anthropic_server import AnthropicServer
from tests.support.corpus import TEXTS, fill
from tests.support.openai_server import OpenAIServer
from tests.support.paths import ROOT
from tests.support.service import APP, Service, clean_environment

QUESTION = "What is Task Decomposition?"
ASK = {"input": {"input": QUESTION}}
TOKENS = ["Small", " steps,", " one", " by", " one", "."]
TEMPLATE = ROOT / "packages" / "rag_stream"
LANGCHAIN = str(Path(sys.executable).with_name("langchain"))
KEY = "sk-typed-by-a-person"
MODELS = {
    "RAG_CHAT_MODEL": "openai:gpt-4o-mini",
    "RAG_EMBEDDINGS": "openai:text-embedding-3-small",
}


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer(answer=TOKENS) as server:
        yield server


@pytest.fixture(scope="module")
def environment(
    model: OpenAIServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The stand-in for both models and a filled index, whose server stays for the module."""
    folder = tmp_path_factory.mktemp("index") / "chroma"
    lease = acquire_server(folder)
    settings = load_settings(
        chroma_path=folder,
        chat_model=MODELS["RAG_CHAT_MODEL"],
        embeddings=MODELS["RAG_EMBEDDINGS"],
        openai_api_key="sk-stand-in",
        openai_base_url=model.url,
    )
    asyncio.run(fill(settings))
    yield {**model.environment, **MODELS, "RAG_CHROMA_PATH": str(folder)}
    lease.close()


def run(env: Mapping[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run a module as a command, with nobody at the terminal."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=Path.cwd(),  # the test's own folder
        env=clean_environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def without_key(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith("OPENAI_")}


def text_of(chunks: Sequence[Mapping[str, str]]) -> str:
    return "".join(chunk["answer"] for chunk in chunks)


def test_the_question_is_answered_as_the_reference_program_prints_it(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(environment, "rag_stream", QUESTION)
    assert (done.returncode, done.stderr) == (0, "")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    expected = list(RagChain().stream({"input": QUESTION}))
    printed = [eval(line, {"Document": Document}) for line in done.stdout.splitlines()]  # noqa: S307
    # The last has times and a run's id, and in how many pieces an answer comes varies.
    assert (printed[:2], printed[-2]) == (expected[:2], expected[-2])
    answers = printed[2:-2]
    assert text_of(answers) == text_of(expected[2:-2])
    assert [list(chunk) for chunk in printed[:2]] == [["input"], ["context"]]
    assert [list(chunk) for chunk in answers] == [["answer"]] * len(answers)
    assert "".join(chunk["answer"] for chunk in answers) == "".join(TOKENS)
    assert printed[-1]["status"]["state"] == "completed"


def test_a_failure_is_a_sentence_on_stderr(environment: dict[str, str]) -> None:
    done = run({**environment, "RAG_COLLECTION": "nothing-in-it"}, "rag_stream", QUESTION)
    assert done.returncode == 1
    assert done.stdout == f"{ {'input': QUESTION} }\n"
    assert done.stderr.startswith("rag_stream: the index 'nothing-in-it' is empty: fill it with")


def test_an_empty_question_is_refused_by_name(environment: dict[str, str]) -> None:
    done = run(environment, "rag_stream", " ")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "rag_stream: input: expected a question, got an empty string\n"


@pytest.mark.parametrize(
    ("command", "status"),
    [(("rag_stream", QUESTION), 1), (("app",), 2), (("ingest", "--sample"), 2)],
    ids=["rag_stream", "app", "ingest"],
)
def test_a_missing_key_is_named_where_nobody_can_type_it(
    environment: dict[str, str], command: tuple[str, ...], status: int
) -> None:
    done = run(without_key(environment), *command)
    assert done.returncode == status
    assert "OPENAI_API_KEY: expected a key" in done.stderr
    assert "OPENAI_BASE_URL" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_every_bad_setting_is_named(environment: dict[str, str]) -> None:
    done = run({**environment, "RAG_K": "many", "PORT": "-1"}, "app")
    assert done.returncode == 2
    assert "RAG_K: " in done.stderr
    assert "got 'many'" in done.stderr
    assert "PORT: " in done.stderr
    assert "Traceback" not in done.stderr


@contextmanager
def asking(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The question being answered by a model that holds its second token back."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rag_stream", QUESTION],
        env=clean_environment(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    while text not in (line := process.stdout.readline()):
        assert line, "it ended before that"


def test_an_interrupt_stops_the_model_and_prints_nothing(
    environment: dict[str, str], model: OpenAIServer
) -> None:
    model.once("gpt-4o-mini", hold_after=1)
    with asking(environment) as process:
        read_until(process, TOKENS[0])
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (130, "", "")
    model.wait_until(lambda: model.live == 0)


def test_a_reader_that_has_enough_stops_the_model_and_is_no_error(
    environment: dict[str, str], model: OpenAIServer
) -> None:
    release = Event()
    model.once("gpt-4o-mini", hold_after=1, release=release)
    with asking(environment) as process:
        read_until(process, TOKENS[0])
        assert process.stdout is not None
        process.stdout.close()  # as `| head` does
        release.set()
        assert process.wait(30) == 1
        assert process.stderr is not None
        assert process.stderr.read() == ""
    model.wait_until(lambda: model.live == 0)


def type_key(env: Mapping[str, str], typed: bytes) -> tuple[int, str, str]:
    """Ask at a terminal of its own, answer its prompt; returns status, stdout, the screen."""
    keyboard, terminal = pty.openpty()
    # With --ctty the terminal is also /dev/tty, which getpass prefers to standard input.
    process = subprocess.Popen(
        ["setsid", "--ctty", sys.executable, "-m", "rag_stream", QUESTION],
        env=clean_environment(env),
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
    )
    os.close(terminal)
    screen = ""
    try:
        while not screen.endswith(": "):
            screen += os.read(keyboard, 1024).decode()
        os.write(keyboard, typed)
        output, _ = process.communicate(timeout=60)
        while part := _read(keyboard):
            screen += part
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)
    return process.returncode, output, screen


def _read(keyboard: int) -> str:
    try:
        return os.read(keyboard, 1024).decode()
    except OSError:  # the other end is closed
        return ""


@pytest.fixture
def local_index(environment: dict[str, str], model: OpenAIServer) -> dict[str, str]:
    """An index that needs no key, before a chat model that does and that the stand-in plays."""
    local = {"RAG_EMBEDDINGS": "local:all-MiniLM-L6-v2", "RAG_COLLECTION": "local"}
    settings = load_settings(
        chroma_path=environment["RAG_CHROMA_PATH"],
        collection=local["RAG_COLLECTION"],
        embeddings=local["RAG_EMBEDDINGS"],
    )
    asyncio.run(fill(settings))
    # LangChain's name for the address: ours, OPENAI_BASE_URL, means that no key is needed.
    return {**without_key(environment), **local, "OPENAI_API_BASE": model.url}


def test_a_missing_key_is_asked_for_at_a_terminal_and_used(
    local_index: dict[str, str], model: OpenAIServer
) -> None:
    status, output, screen = type_key(local_index, f"{KEY}\n".encode())
    assert status == 0, screen
    assert "'state': 'completed'" in output
    assert model.calls[-1].headers["authorization"] == f"Bearer {KEY}"
    assert screen.startswith("Enter API key for OpenAI: ")
    assert KEY not in screen + output


def test_another_providers_key_is_asked_for_too(local_index: dict[str, str]) -> None:
    with AnthropicServer() as anthropic:
        environment = {
            **local_index,
            "RAG_CHAT_MODEL": "anthropic:claude-stand-in",
            "ANTHROPIC_BASE_URL": anthropic.origin,
        }
        status, output, screen = type_key(environment, f"{KEY}\n".encode())
        assert status == 0, screen
        assert "'state': 'completed'" in output
        assert anthropic.calls[0].headers["authorization"] == f"Bearer {KEY}"
    assert screen.startswith("Enter ANTHROPIC_API_KEY: ")
    assert KEY not in screen + output


@pytest.mark.parametrize("typed", [b"\n", b"\x04"], ids=["return", "ctrl-d"])
def test_no_key_typed_is_a_missing_key(local_index: dict[str, str], typed: bytes) -> None:
    status, output, screen = type_key(local_index, typed)
    assert status == 1
    assert "'answer'" not in output
    assert "OPENAI_API_KEY: expected a key" in screen
    assert "Traceback" not in screen


def streamed(url: str) -> dict[str, Any]:
    """Ask a served chain for a stream; returns its chunks joined."""
    with sse.post(url, ASK) as stream:
        events = list(stream)
    assert (events[0].event, events[-1].event) == ("metadata", "end")
    joined: dict[str, Any] = {"answer": ""}
    for event in events:
        if event.event == "data":
            chunk = event.json()
            joined |= {**chunk, "answer": joined["answer"] + chunk.get("answer", "")}
    return joined


def check(output: Mapping[str, Any]) -> None:
    assert output["input"] == QUESTION
    assert output["answer"] == "".join(TOKENS)
    assert {document["page_content"] for document in output["context"]} <= set(TEXTS)
    assert output["status"]["state"] == "completed"


@pytest.mark.parametrize(
    "command",
    [APP, (sys.executable, "-m", "uvicorn", "app.server:app", "--port", "{port}")],
    ids=["python -m app", "uvicorn"],
)
def test_the_app_is_served_and_stops_when_its_streams_have_ended(
    environment: dict[str, str], model: OpenAIServer, command: tuple[str, ...]
) -> None:
    with Service(command, env=environment) as service:
        check(streamed(f"{service.url}/rag/stream"))
        playground = httpx.get(service.url, follow_redirects=True, trust_env=False)
        assert str(playground.url) == f"{service.url}/rag/playground/"
        assert playground.status_code == 200
        assert "LANGSERVE" not in service.output()  # its banner

        release = Event()
        model.once("gpt-4o-mini", answer=TOKENS, hold_after=1, release=release)
        with sse.post(f"{service.url}/rag/stream", ASK) as stream:
            events = iter(stream)
            while TOKENS[0] not in (next(events).data or ""):
                pass
            service.process.terminate()
            while "runs that may finish within 30 s: 1" not in service.output():
                assert service.process.poll() is None
                time.sleep(0.02)
            release.set()
            rest = list(events)
        assert rest[-1].event == "end"
        assert service.terminate() in (0, -signal.SIGTERM)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_address_that_is_printed_leads_there(environment: dict[str, str], host: str) -> None:
    process = subprocess.Popen(
        APP,
        env=clean_environment({**environment, "HOST": host, "PORT": "0"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        read_line = process.stdout.readline() if process.stdout is not None else ""
        page, playground = read_line.split()[2], read_line.split()[4]
        patient = httpx.HTTPTransport(retries=6)  # it is printed a moment before it is served
        with httpx.Client(transport=patient, trust_env=False, timeout=30) as client:
            assert client.get(page).status_code == 307
            assert client.get(playground).status_code == 200
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_langchain_serve_at_the_root_serves_the_app(environment: dict[str, str]) -> None:
    command = (LANGCHAIN, "serve", "--port", "{port}")
    with Service(command, env=environment, cwd=ROOT) as service:
        check(streamed(f"{service.url}/rag/stream"))
        assert httpx.get(f"{service.url}/healthz", trust_env=False).status_code == 200


def test_langchain_template_serve_serves_the_chain_alone(environment: dict[str, str]) -> None:
    command = (LANGCHAIN, "template", "serve", "--port", "{port}")
    with Service(command, env=environment, cwd=TEMPLATE, ready="/input_schema") as service:
        check(streamed(f"{service.url}/stream"))
        response = httpx.post(f"{service.url}/invoke", json=ASK, trust_env=False)
        check(response.json()["output"])
        assert httpx.get(f"{service.url}/playground/", trust_env=False).status_code == 200
