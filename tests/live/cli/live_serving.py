"""Every way to serve, and what is told where a setting is bad."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from tests.support import sse
from tests.support.commands import QUESTION, TOKENS, run
from tests.support.corpus import TEXTS
from tests.support.openai_server import OpenAIServer
from tests.support.paths import ROOT
from tests.support.service import APP, Service, clean_environment

ASK = {"input": {"input": QUESTION}}
TEMPLATE = ROOT / "packages" / "rag_stream"
LANGCHAIN = str(Path(sys.executable).with_name("langchain"))


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
        page = httpx.get(service.url, trust_env=False, timeout=60)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
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
            assert client.get(page).status_code == 200
            assert client.get(playground).status_code == 200
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_langchain_serve_at_the_root_serves_the_app(environment: dict[str, str]) -> None:
    command = (LANGCHAIN, "serve", "--port", "{port}")
    with Service(command, env=environment, cwd=ROOT) as service:
        check(streamed(f"{service.url}/rag/stream"))
        assert httpx.get(f"{service.url}/healthz", trust_env=False, timeout=60).status_code == 200


def test_langchain_template_serve_serves_the_chain_alone(environment: dict[str, str]) -> None:
    command = (LANGCHAIN, "template", "serve", "--port", "{port}")
    with Service(command, env=environment, cwd=TEMPLATE, ready="/input_schema") as service:
        check(streamed(f"{service.url}/stream"))
        response = httpx.post(f"{service.url}/invoke", json=ASK, trust_env=False, timeout=60)
        check(response.json()["output"])
        assert (
            httpx.get(f"{service.url}/playground/", trust_env=False, timeout=60).status_code == 200
        )


def test_every_bad_setting_is_named(environment: dict[str, str]) -> None:
    done = run({**environment, "RAG_K": "many", "PORT": "-1"}, "app")
    assert done.returncode == 2
    assert "RAG_K: " in done.stderr
    assert "got 'many'" in done.stderr
    assert "PORT: " in done.stderr
    assert "Traceback" not in done.stderr
