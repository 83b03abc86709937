"""The service and the ingest command with `RAG_EMBEDDINGS=auto`: both follow the index.

One service, started before there is an index, and never again; the models are the local one and
a stand-in for OpenAI's whose vectors have another length.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rag_stream.models.local.local_models import MINILM_MODEL
from tests.support.commands import run
from tests.support.ingesting import EMBEDDINGS, ask, get
from tests.support.narrow_server import NarrowServer
from tests.support.service import Service, ingest

MINILM, SMALL = MINILM_MODEL.fingerprint, f"openai:{EMBEDDINGS}"
QUESTION = "When does the heron fish?"
TEXT = "The heron fishes at dawn, when the mist lies on the river."


@pytest.fixture(scope="module")
def model() -> Iterator[NarrowServer]:
    with NarrowServer() as server:
        yield server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    (folder / "heron.md").write_text(TEXT)
    return folder


@pytest.fixture(scope="module")
def keyless(folder: Path) -> dict[str, str]:
    return {"RAG_CHROMA_PATH": str(folder / "chroma"), "RAG_CHAT_MODEL": "local:extractive"}


@pytest.fixture(scope="module")
def keyed(keyless: dict[str, str], model: NarrowServer) -> dict[str, str]:
    return {**keyless, **model.environment, "NO_PROXY": "127.0.0.1"}


def events(env: Mapping[str, str], *arguments: str, cwd: Path) -> list[dict[str, Any]]:
    """What the ingest command tells a machine; it succeeds."""
    done = ingest(env, "--json", *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def answered(service: Service) -> dict[str, Any]:
    response = ask(service, QUESTION)
    assert response.status_code == 200, response.text
    output: dict[str, Any] = response.json()["output"]
    assert "at dawn" in output["answer"]
    assert output["status"]["state"] == "completed"
    return output


def test_one_service_follows_its_index_from_model_to_model(
    folder: Path, keyless: dict[str, str], keyed: dict[str, str], model: NarrowServer
) -> None:
    env = {**keyed, "WEB_CONCURRENCY": "2"}
    with Service(env=env, ready="/healthz") as service:
        assert ask(service, QUESTION).json()["code"] == "index_empty"

        # It comes without a key, so that it is local; the service has one.
        first = events(keyless, "heron.md", cwd=folder)
        assert first[0]["event"] == "embedding_model"
        assert first[0]["embedding_model"] == MINILM
        assert answered(service)["status"]["index_generation"] == 1
        assert get(service, "/readyz").status_code == 200
        assert model.embeddings == []

        # With a key it is extended as it was made; made anew, too.
        (folder / "otter.md").write_text("The otter sleeps on its back.")
        more = events(keyed, "otter.md", cwd=folder)
        assert [event["event"] for event in more] == ["source", "summary"]
        again = events(keyed, "--rebuild", cwd=folder)
        assert again[-1]["embedding_model"] == MINILM
        assert answered(service)["status"]["index_generation"] == 3
        assert model.embeddings == []

        # Another model, because one is set for that one run.
        moved = events({**keyed, "RAG_EMBEDDINGS": SMALL}, "--rebuild", cwd=folder)
        assert moved[-1]["embedding_model"] == SMALL
        before = len(model.embeddings)
        answered(service)
        assert len(model.embeddings) == before + 1
        assert get(service, "/readyz").status_code == 200
        assert events(keyed, "heron.md", cwd=folder)[-1]["unchanged"] == 1

        # And back, where the stand-in knows the model no longer.
        model.script(EMBEDDINGS, status=401)
        back = events(
            {**keyed, "RAG_EMBEDDINGS": MINILM.partition("@")[0]}, "--rebuild", cwd=folder
        )
        assert back[-1]["embedding_model"] == MINILM
        answered(service)
        answered(service)
        model.script(EMBEDDINGS, status=None)
        assert "Traceback" not in service.output()


def test_a_key_that_comes_or_goes_changes_nothing(
    folder: Path, keyless: dict[str, str], keyed: dict[str, str], model: NarrowServer
) -> None:
    collection = {"RAG_COLLECTION": "keys"}
    events({**keyless, **collection}, "heron.md", cwd=folder)
    before = len(model.embeddings)
    with Service(env={**keyed, **collection}) as service:
        answered(service)
    with Service(env={**keyless, **collection}) as service:
        answered(service)
    done = run({**keyed, **collection}, "rag_stream", QUESTION)
    assert (done.returncode, done.stderr) == (0, "")
    assert "at dawn" in done.stdout
    assert len(model.embeddings) == before


def test_a_key_that_the_index_needs_is_named_by_every_command(
    folder: Path, keyless: dict[str, str], keyed: dict[str, str]
) -> None:
    collection = {"RAG_COLLECTION": "openais"}
    made = events({**keyed, **collection}, "heron.md", cwd=folder)
    assert (made[0]["embedding_model"], made[0]["why"]) == (SMALL, "OPENAI_API_KEY is set")
    for command, status in (
        (("rag_stream", QUESTION), 1),
        (("app",), 2),
        (("ingest", str(folder / "heron.md")), 2),
        (("ingest", "--rebuild"), 2),
        (("ingest", "--dry-run", str(folder / "heron.md")), 2),
    ):
        done = run({**keyless, **collection}, *command)
        assert done.returncode == status, done.stderr
        assert f"because the index 'openais' was built with the embedding model {SMALL!r}" in (
            done.stderr
        )
        assert "`RAG_EMBEDDINGS=local:all-MiniLM-L6-v2 python -m ingest --rebuild`" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    local = {"RAG_EMBEDDINGS": "local:all-MiniLM-L6-v2"}
    events({**keyless, **collection, **local}, "--rebuild", cwd=folder)  # as it says
    with Service(env={**keyless, **collection}) as service:
        answered(service)
