"""`python -m ingest` in one process, the app in others: what readers see, whatever dies."""

import asyncio
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
import pytest

from ingest.cli import main
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import load_settings
from tests.support.openai_server import OpenAIServer
from tests.support.paths import DATA
from tests.support.service import APP, Service, clean_environment, ingest
from tests.support.web_server import Answer, WebServer

EMBEDDINGS = "text-embedding-3-small"
VARIABLES = (
    *("RAG_CHROMA_PATH", "RAG_COLLECTION", "RAG_EMBEDDINGS", "OPENAI_API_KEY", "OPENAI_BASE_URL"),
    "NO_PROXY",
)
ENOUGH = 80
"""Paragraphs that make more chunks than one embedding call takes (64)."""


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def started(model: OpenAIServer) -> Iterator[Service]:
    """The app with two workers, started on an empty index, with the stand-in as its models."""
    env = {
        **model.environment,
        "RAG_CHAT_MODEL": "openai:gpt-4o-mini",
        "RAG_EMBEDDINGS": f"openai:{EMBEDDINGS}",
        "RAG_K": "2",
        "WEB_CONCURRENCY": "2",
        "NO_PROXY": "127.0.0.1",
    }
    with Service(env=env, ready="/healthz") as service:
        yield service


@pytest.fixture(scope="module")
def before(started: Service) -> list[httpx.Response]:
    """What the app says as long as nothing has been ingested."""
    return [get(started, "/readyz"), ask(started, "Is anything there?")]


@pytest.fixture(scope="module")
def service(started: Service, before: list[httpx.Response]) -> Service:
    """The app, once it has been asked what it says of an empty index."""
    return started


@pytest.fixture
def collection(service: Service, tmp_path: Path) -> dict[str, str]:
    """An empty index of its own on the service's Chroma server, for tests without the app."""
    return {**service.environment, "RAG_COLLECTION": f"of-{tmp_path.name}"[:60]}


Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The ingest command in this process: without the 3 s that a process of its own imports."""

    def run(env: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
        for name in VARIABLES:
            monkeypatch.setenv(name, env.get(name, ""))
        capsys.readouterr()
        status = main(arguments)
        return subprocess.CompletedProcess(arguments, status, *capsys.readouterr())

    return run


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
    """What `--json` printed."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def summary(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return lines(done)[-1]


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
    folder = Path(environment["RAG_CHROMA_PATH"])
    return int(json.loads(folder.with_name(f"{folder.name}.address").read_text())["pid"])


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
    model: OpenAIServer, env: Mapping[str, str], folder: Path, source: str, **how: Any
) -> Iterator[subprocess.Popen[str]]:
    """An ingest whose first chunks are written and whose second embedding call never ends."""
    model.once(EMBEDDINGS)
    model.once(EMBEDDINGS, **(how or {"hang": "response"}))
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest", source],
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


def test_an_app_on_an_empty_index_names_the_command(before: list[httpx.Response]) -> None:
    readiness, answer = before
    assert readiness.status_code == answer.status_code == 503
    assert "python -m ingest --sample" in readiness.json()["reasons"][0]
    assert answer.json()["code"] == "index_empty"
    assert "python -m ingest --sample" in answer.json()["message"]


def test_what_is_ingested_is_seen_by_the_running_app_at_once(
    service: Service, tmp_path: Path
) -> None:
    source = tmp_path / "heron.md"
    source.write_text("# Birds\n\nThe grey heron fishes at dawn.\n")
    first = ingest(service.environment, "heron.md", cwd=tmp_path)
    assert (first.returncode, first.stderr) == (0, "")
    assert "added heron.md: 1 chunks (1 embedded, 0 deleted)" in first.stdout
    assert get(service, "/readyz").json() == {"status": "ready"}
    assert "fishes at dawn" in found(service, "When does the heron fish?")[0]

    source.write_text("# Birds\n\nThe grey heron fishes after sunset.\n")
    second = ingest(service.environment, "heron.md", cwd=tmp_path)
    assert "changed heron.md: 1 chunks (1 embedded, 1 deleted)" in second.stdout
    texts = found(service, "When does the heron fish?")
    assert "fishes after sunset" in texts[0]
    assert not any("dawn" in text for text in texts)

    third = ingest(service.environment, "--json", "heron.md", cwd=tmp_path)
    assert summary(third) | {"seconds": 0} == {
        **{"event": "summary", "dry_run": False, "seconds": 0},
        **{"added": 0, "changed": 0, "unchanged": 1, "removed": 0, "failed": 0},
        **{"chunks": 1, "embedded": 0, "deleted": 0},
    }


def test_every_worker_sees_the_same_index(
    service: Service, command: Command, tmp_path: Path
) -> None:
    first, second = workers(service)
    for word in ("otter", "badger"):
        (tmp_path / "mammal.txt").write_text(f"The {word} digs under the willow.")
        assert command(service.environment, "mammal.txt").returncode == 0
        for resting in (first, second):
            with paused(resting):
                assert word in found(service, "Who digs under the willow?")[0]


def test_an_ingest_killed_in_the_middle_changes_nothing(
    service: Service, model: OpenAIServer, command: Command, tmp_path: Path
) -> None:
    source = tmp_path / "kelp.txt"
    source.write_text("kelp paragraph, the old version.")
    assert command(service.environment, "kelp.txt").returncode == 0
    source.write_text(long_text("kelp"))
    with stuck_ingest(model, service.environment, tmp_path, "kelp.txt") as process:
        assert found(service, "kelp paragraph")[0] == "kelp paragraph, the old version."
        process.kill()
        process.wait(30)
    assert found(service, "kelp paragraph")[0] == "kelp paragraph, the old version."

    again = command(service.environment, "--json", "kelp.txt")
    assert (again.returncode, again.stderr) == (0, "")
    chunks = summary(again)["chunks"]
    assert chunks >= ENOUGH
    assert "kelp paragraph, the old version." not in found(service, "kelp paragraph")
    kelp = [text for text in asyncio.run(stored(service.environment)) if "kelp" in text]
    assert len(kelp) == len(set(kelp)) == chunks
    third = command(service.environment, "--json", "kelp.txt")
    assert (summary(third)["unchanged"], summary(third)["chunks"]) == (1, chunks)


def test_a_second_ingest_at_the_same_time_is_refused(
    collection: dict[str, str], model: OpenAIServer, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "long.txt").write_text(long_text("basalt"))
    (tmp_path / "short.txt").write_text("A short note.")
    with stuck_ingest(model, collection, tmp_path, "long.txt") as first:
        second = command(collection, "short.txt")
        assert second.returncode == 2
        assert "another ingest is writing to this index" in second.stderr
        assert f"process {first.pid}@" in second.stderr
        assert "try again when it is done" in second.stderr
        assert "Traceback" not in second.stderr
        assert command(collection, "--dry-run", "short.txt").returncode == 0
    # The first one's process is gone, and with it its claim.
    assert command(collection, "short.txt").returncode == 0


def test_an_interrupted_ingest_says_so_and_leaves_the_way_free(
    collection: dict[str, str], model: OpenAIServer, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "long.txt").write_text(long_text("granite"))
    with stuck_ingest(model, collection, tmp_path, "long.txt") as process:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "ingest: interrupted (what was done before stays)\n"
    done = command(collection, "--json", "long.txt")
    assert (summary(done)["added"], summary(done)["deleted"]) == (1, 0)


def test_a_killed_chroma_server_is_replaced_under_the_running_app(
    service: Service, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "comet.txt").write_text("The comet returns every seventy years.")
    assert command(service.environment, "comet.txt").returncode == 0
    first, second = workers(service)
    for resting in (first, second):
        killed = owner(service.environment)
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda killed=killed: not is_alive(killed))
        with paused(resting):
            assert "seventy years" in found(service, "When does the comet return?")[0]
        assert owner(service.environment) != killed
    assert get(service, "/readyz").status_code == 200


def test_an_ingest_whose_chroma_server_is_killed_says_so_and_can_be_repeated(
    collection: dict[str, str], model: OpenAIServer, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "long.txt").write_text(long_text("marble"))
    with stuck_ingest(model, collection, tmp_path, "long.txt", embedding_delay=1.0) as process:
        os.kill(owner(collection), signal.SIGKILL)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors.splitlines()[-1].startswith("ingest: stopped: the index server does not answer")
    assert "Traceback" not in errors
    again = command(collection, "--json", "long.txt")
    assert (again.returncode, summary(again)["added"]) == (0, 1)
    assert len(asyncio.run(stored(collection))) == summary(again)["chunks"]


def test_pages_come_from_a_web_server(service: Service, command: Command) -> None:
    page = (DATA / "agent_page.html").read_bytes()
    with WebServer({"/posts/agent/": Answer(page)}) as web:
        url = web.url("/posts/agent/")
        done = ingest(service.environment, "--json", url)
        again = command(service.environment, "--json", url)
    assert (done.returncode, done.stderr) == (0, "")
    assert summary(done)["added"] == 1
    assert summary(done)["chunks"] > 5
    assert (summary(again)["unchanged"], summary(again)["embedded"]) == (1, 0)

    response = ask(service, "Does one turn a large duty into several small ones, done in turn?")
    documents = response.json()["output"]["context"]
    (document,) = [d for d in documents if "turning one large duty" in d["page_content"]]
    metadata = document["metadata"]
    assert metadata["source"] == url
    assert "Agents in a Lighthouse" in metadata["title"]
    assert metadata["start_index"] > 0


def test_only_the_content_of_the_reference_pages_structure_goes_in(
    command: Command, collection: dict[str, str]
) -> None:
    """The reference program keeps the classes post-title, post-header and post-content."""
    page = (DATA / "agent_page.html").read_bytes()
    other = b"<html><body><div class='post-content'>Kept.</div><p class='x'>Mine.</p></body></html>"
    with WebServer({"/agent": Answer(page), "/other": Answer(other)}) as web:
        command(collection, web.url("/agent"))
        command(collection, "--css-class", "x", web.url("/other"))
    texts = "\n".join(asyncio.run(stored(collection)))
    assert "Agents in a Lighthouse" in texts
    assert "do not trust a calm voice" in texts
    for left_out in ("from the menu", "Table of Contents", "footer", "inline script", "A comment"):
        assert left_out not in texts
    assert "Mine." in texts
    assert "Kept." not in texts


def test_a_bad_source_is_named_and_the_others_go_in(
    collection: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "good.txt").write_text("A good file.")
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "blank.md").write_text(" \n\n ")
    (tmp_path / "archive.zip").write_bytes(b"PK")
    pages = {
        "/good": Answer("<html><body><p>A good page about basil and thyme.</p></body></html>"),
        "/empty": Answer("<html><body><script>x()</script></body></html>"),
        "/picture": Answer(b"\x89PNG", headers={"Content-Type": "image/png"}),
        "/broken": Answer("oops", status=500),
    }
    with WebServer(pages) as web:
        bad = {
            web.url("/gone"): "404",
            web.url("/broken"): "500",
            web.url("/picture"): "image/png",
            web.url("/empty"): "no text",
            "http://127.0.0.1:9/": "connect",
            "ftp://127.0.0.1/x": "http",
            "missing.txt": "exist",
            "noise.txt": "not text",
            "blank.md": "no text",
            "archive.zip": ".html",
        }
        good = ["good.txt", web.url("/good")]
        done = ingest(collection, "--json", *bad, *good, cwd=tmp_path)
    assert done.returncode == 1
    complaints = done.stderr.splitlines()
    assert len(complaints) == len(bad)
    for source, reason in bad.items():
        (complaint,) = [line for line in complaints if f"{source}:" in line]
        assert complaint.startswith("ingest: ")
        assert reason in complaint
    assert {line["source"] for line in lines(done) if line["event"] == "source"} == set(good)
    problems = [line for line in lines(done) if line["event"] == "problem"]
    assert [f"ingest: {problem['message']}" for problem in problems] == complaints
    assert (summary(done)["added"], summary(done)["failed"]) == (2, len(bad))


def test_a_source_that_has_become_bad_keeps_what_was_indexed(
    command: Command, collection: dict[str, str]
) -> None:
    page = Answer("<html><body><p>The tide table of the harbour.</p></body></html>")
    with WebServer({"/page": page}) as web:
        url = web.url("/page")
        assert command(collection, url).returncode == 0
        web.pages.clear()
        gone = command(collection, "--prune", url)
        assert gone.returncode == 1
        web.pages["/page"] = page
        again = command(collection, "--json", url)
    assert summary(again)["unchanged"] == 1


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    command: Command, collection: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("The first note.")
    for _ in range(2):
        dry = command(collection, "--dry-run", "a.txt")
        assert (dry.returncode, dry.stderr) == (0, "")
        assert "would be added a.txt: 1 chunks" in dry.stdout
        assert "dry run, nothing written: 1 added" in dry.stdout
    assert command(collection, "a.txt").returncode == 0
    (tmp_path / "a.txt").write_text("The first note, changed.")
    (tmp_path / "b.txt").write_text("The second note.")
    dry = command(collection, "--dry-run", "--prune", "b.txt")
    assert "would be added b.txt" in dry.stdout
    assert "would be removed a.txt: 0 chunks (0 embedded, 1 deleted)" in dry.stdout


def test_prune_takes_out_what_is_not_named(
    command: Command, collection: dict[str, str], tmp_path: Path
) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text(f"The note {name}.")
    assert command(collection, ".").returncode == 0
    done = command(collection, "--json", "--prune", "b.txt")
    assert {line["source"]: line["change"] for line in lines(done)[:-1]} == {
        "a.txt": "removed",
        "b.txt": "unchanged",
        "c.txt": "removed",
    }
    again = command(collection, "--json", ".")
    assert (summary(again)["added"], summary(again)["unchanged"]) == (2, 1)


def test_nothing_is_pruned_where_it_is_unknown_what_is_named(
    command: Command, collection: dict[str, str], tmp_path: Path
) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"The note {name}.")
    assert command(collection, ".").returncode == 0
    with WebServer() as web:
        done = command(collection, "--prune", "a.txt", "--sitemap", web.url("/sitemap.xml"))
    assert done.returncode == 1
    assert "0 removed" in done.stdout
    assert "ingest: nothing pruned, because not all sources could be found\n" in done.stderr
    assert sorted(asyncio.run(stored(collection))) == ["The note a.", "The note b."]


def test_if_empty_fills_an_index_only_once(
    command: Command, collection: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("The first note.")
    (tmp_path / "b.txt").write_text("The second note.")
    first = command(collection, "--if-empty", "a.txt")
    assert "1 added" in first.stdout
    second = command(collection, "--if-empty", "b.txt")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


def test_a_new_embedding_model_needs_a_rebuild_and_gets_one(
    model: OpenAIServer, command: Command, tmp_path: Path
) -> None:
    """Also: the Chroma server ends by itself when the app and the ingest have gone."""
    (tmp_path / "moss.txt").write_text("Moss grows on the north side.")
    env = {
        **model.environment,
        "RAG_CHAT_MODEL": "openai:gpt-4o-mini",
        "RAG_CHROMA_PATH": str(tmp_path / "chroma"),
    }
    small = {**env, "RAG_EMBEDDINGS": f"openai:{EMBEDDINGS}"}
    large = {**env, "RAG_EMBEDDINGS": "openai:text-embedding-3-large"}
    model.script("text-embedding-3-large", dimension=512)
    assert command(small, "moss.txt").returncode == 0

    refused = subprocess.run(
        APP,
        env=clean_environment({**large, "PORT": "0"}),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 2
    assert "cannot start" in refused.stderr
    assert "'openai:text-embedding-3-small'" in refused.stderr
    assert "python -m ingest --rebuild" in refused.stderr
    assert "Traceback" not in refused.stderr
    mixed = command(large, "moss.txt")
    assert mixed.returncode == 2
    assert "python -m ingest --rebuild" in mixed.stderr

    rebuilt = command(large, "--json", "--rebuild")
    assert (rebuilt.returncode, rebuilt.stderr) == (0, "")
    assert summary(rebuilt) | {"seconds": 0} == {
        **{"event": "rebuilt", "index": "rag", "embedding_model": large["RAG_EMBEDDINGS"]},
        **{"chunks": 1, "seconds": 0},
    }
    with Service(env=large) as service:
        assert found(service, "Where does moss grow?") == ["Moss grows on the north side."]
        chroma = owner(large)
        assert is_alive(chroma)
    wait_for(lambda: not is_alive(chroma))
    assert not (tmp_path / "chroma.address").exists()


def test_nothing_unexpected_was_logged(service: Service) -> None:
    assert "Traceback" not in service.output()
    assert "was never" not in service.output()  # retrieved, awaited
