"""`python -m ingest` in one process, the app in others: what readers see, whatever dies."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from ingest.cli import main
from rag_stream.index.folder import inside
from tests.support.ingesting import (
    EMBEDDINGS,
    ENOUGH,
    VARIABLES,
    ask,
    found,
    get,
    is_alive,
    long_text,
    owner,
    paused,
    stored,
    stuck_ingest,
    summary,
    wait_for,
    workers,
)
from tests.support.openai_server import OpenAIServer
from tests.support.paths import DATA
from tests.support.service import APP, Service, clean_environment, ingest
from tests.support.web_server import Answer, WebServer


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
        **{"added": 0, "changed": 0, "unchanged": 1, "removed": 0, "failed": 0, "empty": 0},
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


def test_an_interrupted_rebuild_says_that_nothing_has_changed(
    collection: dict[str, str], model: OpenAIServer, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "long.txt").write_text(long_text("marble"))
    assert command(collection, "long.txt").returncode == 0
    before = asyncio.run(stored(collection))
    (tmp_path / "long.txt").write_text(long_text("slate"))
    with stuck_ingest(model, collection, tmp_path, "--rebuild", "long.txt") as process:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "ingest: interrupted (the index is as it was before)\n"
    assert asyncio.run(stored(collection)) == before


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
    assert not inside(tmp_path / "chroma", "address").exists()


def test_nothing_unexpected_was_logged(service: Service) -> None:
    assert "Traceback" not in service.output()
    assert "was never" not in service.output()  # retrieved, awaited
