"""`python -m ingest` beside a running app: what was printed, what is in the index, who is alive."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import load_settings
from tests.support import index_owner
from tests.support.openai_server import OpenAIServer
from tests.support.service import Service, clean_environment

EMBEDDINGS = "text-embedding-3-small"
VARIABLES = (
    *("RAG_CHROMA_PATH", "RAG_COLLECTION", "RAG_EMBEDDINGS", "OPENAI_API_KEY", "OPENAI_BASE_URL"),
    "NO_PROXY",
)
ENOUGH = 80
"""Paragraphs that make more chunks than one embedding call takes (64)."""

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def get(service: Service, path: str) -> httpx.Response:
    return httpx.get(service.url + path, trust_env=False)


def ask(service: Service, question: str) -> httpx.Response:
    body = {"input": {"input": question}}
    return httpx.post(f"{service.url}/rag/invoke", json=body, trust_env=False, timeout=30)


def found(service: Service, question: str) -> list[str]:
    """The texts that the running app answers from."""
    response = ask(service, question)
    assert response.status_code == 200, response.text
    return [document["page_content"] for document in response.json()["output"]["context"]]


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """What `--json` printed; nothing unforeseen went wrong."""
    assert "Traceback" not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def summary(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return lines(done)[-1]


def sources(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line["source"] for line in lines(done) if line["event"] == "source"]


def problems(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line["message"] for line in lines(done) if line["event"] == "problem"]


def wait_for(condition: Callable[[], bool], *, timeout: float = 30.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


async def stored(env: Mapping[str, str]) -> list[str]:
    """The texts of all chunks in an index."""
    runtime = Runtime(
        load_settings(
            chroma_path=Path(env["RAG_CHROMA_PATH"]),
            collection=env.get("RAG_COLLECTION", "rag"),
            embeddings=env["RAG_EMBEDDINGS"],
            openai_api_key=env["OPENAI_API_KEY"],
        )
    )
    try:
        snapshot = await runtime.index.snapshot()
        records = await (await runtime.index.client()).get(snapshot.collection)
        return [record.text for record in records]
    finally:
        await runtime.aclose()


def owner(environment: Mapping[str, str]) -> int:
    """The process id of the Chroma server that owns the index folder."""
    return index_owner.owner(Path(environment["RAG_CHROMA_PATH"]))


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def workers(service: Service) -> list[int]:
    """The process ids of the app's workers."""
    main = service.process.pid
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    return [int(c) for c in children if "spawn_main" in Path(f"/proc/{c}/cmdline").read_text()]


@contextmanager
def paused(pid: int) -> Iterator[None]:
    """Nothing is accepted by this process while the block lasts."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def long_text(word: str) -> str:
    return "\n\n".join(f"{word} paragraph {number}. {'Filling ' * 25}" for number in range(ENOUGH))


@contextmanager
def stuck_ingest(
    model: OpenAIServer, env: Mapping[str, str], folder: Path, *arguments: str, **how: Any
) -> Iterator[subprocess.Popen[str]]:
    """An ingest whose first chunks are written and whose second embedding call never ends."""
    model.once(EMBEDDINGS)
    model.once(EMBEDDINGS, **(how or {"hang": "response"}))
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest", *arguments],
        cwd=folder,
        env=clean_environment(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    before = len(model.embeddings)
    try:
        model.wait_until(lambda: len(model.embeddings) == before + 2, timeout=60)
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)
    model.wait_until(lambda: model.live == 0)
