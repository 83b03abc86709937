"""What docs/examples/ holds, run as a reader would: a service over the sample, local models."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import js, sse
from tests.support.paths import ROOT
from tests.support.service import Service, ingest

EXAMPLES = ROOT / "docs" / "examples"
ANSWER = "Task decomposition is the process of breaking a large or complicated task into"
SOURCE = "sample/task-decomposition.html"
LOCAL = {"RAG_CHAT_MODEL": "local:extractive", "RAG_EMBEDDINGS": "local:all-MiniLM-L6-v2"}


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    service = Service(env=LOCAL)
    assert ingest(service.environment, "--sample").returncode == 0
    with service:
        yield service


def run(service: Service, *command: str | Path, cwd: Path | None = None) -> str:
    """What the example prints; it must end well."""
    done = subprocess.run(
        command,
        cwd=cwd or service.folder,
        env={**service.environment, "RAG_URL": f"{service.url}/rag", "NO_PROXY": "127.0.0.1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def events(printed: str) -> list[sse.Event]:
    parser = sse.EventParser()
    found = list(parser.feed(printed.encode(), 0.0))
    parser.close()
    return found


def test_curl(service: Service) -> None:
    printed = run(service, EXAMPLES / "ask.sh")
    heads, parts = zip(
        *(part.split("\n", 1) for part in printed.removeprefix("== ").split("\n== ")), strict=True
    )
    assert len(heads) == 7, heads
    stream, whole, chosen, refused, resumed, stopped, conversation = parts

    streamed = events(stream + "\n")
    assert [event.event for event in (streamed[0], streamed[-1])] == ["metadata", "end"]
    answer = "".join(event.json().get("answer", "") for event in streamed if event.event == "data")
    assert ANSWER in answer
    assert json.loads(whole)["output"]["answer"] == answer

    output = json.loads(chosen)["output"]
    assert output["status"]["search_type"] == "lexical"
    assert {one["metadata"]["source"] for one in output["context"]} == {SOURCE}
    assert 1 <= len(output["context"]) <= 3

    problem, status = refused.strip().split("\n")
    assert json.loads(problem)["code"] == "invalid_input"
    assert status == "status 422"

    missed = events(resumed.removeprefix("\n") + "\n")
    assert [missed[0].id, missed[-1].event] == ["4", "end"]
    assert stopped == "status 204"
    chunks = [event.json() for event in events(conversation) if event.event == "data"]
    assert chunks[0] == {"input": "How is it done?"}
    assert chunks[-1]["status"]["state"] == "completed"


def check_chunks(printed: str) -> None:
    """The chunks of a stream as Python prints them, then the answer by itself, twice."""
    assert printed.startswith("{'input': 'What is Task Decomposition?'}\n{'context': [Document(")
    assert "'state': 'completed'" in printed
    lines = printed.splitlines()
    assert len([line for line in lines if line.startswith(ANSWER)]) >= 2


def test_python(service: Service) -> None:
    printed = run(service, sys.executable, EXAMPLES / "ask.py")
    check_chunks(printed)
    assert f"\n[1] {SOURCE}: '{ANSWER}" in printed


def test_python_without_a_server(service: Service) -> None:
    printed = run(service, sys.executable, EXAMPLES / "in_python.py")
    check_chunks(printed)
    assert "3 documents, found by dense\n" in printed
    assert f"completed - {ANSWER}" in printed
    assert "completed - Self-reflection is" in printed
    assert len([line for line in printed.splitlines() if line.startswith(f"{SOURCE} - ")]) == 3


def test_javascript(service: Service, tmp_path: Path) -> None:
    # As in a project where the client was installed.
    (tmp_path / "node_modules").symlink_to(js.packages())
    (tmp_path / "ask.mjs").write_text((EXAMPLES / "ask.mjs").read_text())
    printed = run(service, js.tool("node"), "ask.mjs", cwd=tmp_path)
    assert printed.startswith("{ input: 'What is Task Decomposition?' }\n")
    assert "state: 'completed'" in printed
    assert len([line for line in printed.splitlines() if line.startswith(ANSWER)]) == 2
