"""What the service's clients see on the wire, held to recordings byte for byte.

`RECORD_WIRE=1 python -m pytest tests/live/live_wire.py` writes them anew, for a change that is
meant to be seen; `git diff tests/data/wire` then shows what clients get to see of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import httpx
import pytest

from tests.support.openai_server import OpenAIServer
from tests.support.recorded import FOLDER, recorded, transcript
from tests.support.script import Script
from tests.support.service import Service, ingest
from tests.support.stepped import CHAT, exchanges
from tests.support.wire_cases import CASES, ask

EMBEDDINGS = "text-embedding-3-small"
OPENAI = {"RAG_CHAT_MODEL": f"openai:{CHAT}", "RAG_EMBEDDINGS": f"openai:{EMBEDDINGS}"}
LOCAL = {"RAG_CHAT_MODEL": "local:extractive", "RAG_EMBEDDINGS": "local:all-MiniLM-L6-v2"}
TEXTS = {
    "task.md": """# Tasks

Task decomposition means breaking a big task into smaller steps that can be done in turn.
""",
    "tree.md": """# Trees

Tree of thoughts explores several reasoning steps and keeps the promising ones.
""",
    "notes/memory.md": """# Memory

Short-term memory of an agent is what its prompt holds, and it is gone when the prompt is full.
Long-term memory of an agent lives in an external vector store with fast retrieval.

Memories that are old, of little weight or far from the question are left out first. An agent
that plans a task also remembers which of its steps have failed, and does not try them again.
""",
}


@pytest.fixture(scope="module")
def stand_in() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture
def model(stand_in: OpenAIServer) -> Iterator[OpenAIServer]:
    """The stand-in, plain again after each test."""
    plain = {field.name: getattr(Script(), field.name) for field in fields(Script)}
    yield stand_in
    stand_in.script(CHAT, **plain)
    stand_in.script(EMBEDDINGS, **plain)


@contextmanager
def serving(folder: Path, **env: str) -> Iterator[Service]:
    """A service over the texts that searches as it will from then on."""
    for name, text in TEXTS.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    service = Service(env=env)
    assert ingest(service.environment, *TEXTS, cwd=folder).returncode == 0
    with service:
        while not searches_as_told(service):
            pass
        yield service


def searches_as_told(service: Service) -> bool:
    """Whether the index by words is there, for all that want it."""
    response = httpx.post(f"{service.url}/rag/invoke", json=ask(), trust_env=False, timeout=30)
    used = response.json()["output"]["status"]["search_type"]
    return used == ("dense" if "RAG_PROFILE" in service.environment else "hybrid")


@pytest.fixture(scope="module")
def default(stand_in: OpenAIServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The default profile, which asks no model about what is not in the texts."""
    env = {**stand_in.environment, **OPENAI, "RAG_ABSTAIN_BELOW": "0.3"}
    with serving(tmp_path_factory.mktemp("texts"), **env) as service:
        yield service


@pytest.fixture(scope="module")
def reference(
    stand_in: OpenAIServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """LangChain's how-to to the letter."""
    env = {**stand_in.environment, **OPENAI, "RAG_PROFILE": "reference"}
    with serving(tmp_path_factory.mktemp("texts"), **env) as service:
        yield service


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service without a language model."""
    with serving(tmp_path_factory.mktemp("texts"), **LOCAL) as service:
        yield service


@pytest.mark.parametrize("name", CASES)
def test_clients_see_what_was_recorded(
    name: str, model: OpenAIServer, request: pytest.FixtureRequest
) -> None:
    case = CASES[name]
    service = request.getfixturevalue(case.service)
    model.script(EMBEDDINGS, **case.embedding)
    text = transcript(exchanges(service.url, case.requests, model, case.script))
    assert text == recorded(name, text)


def test_every_recording_has_its_case() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(CASES)
