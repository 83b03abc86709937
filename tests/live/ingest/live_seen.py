"""`python -m ingest` in one process, the app in others: what readers see, whatever dies."""

import asyncio
import os
import signal
from pathlib import Path

import httpx

from tests.support.ingesting import (
    ENOUGH,
    Command,
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
from tests.support.service import Service, ingest
from tests.support.web_server import Answer, WebServer


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


def test_nothing_unexpected_was_logged(service: Service) -> None:
    assert "Traceback" not in service.output()
    assert "was never" not in service.output()  # retrieved, awaited
