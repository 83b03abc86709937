"""Liveness and readiness: 200 when a question can be answered, else the reasons in words."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from app.lifecycle.admission import Admission
from app.lifecycle.limits import Limits
from app.routes.health import health_routes
from rag_stream.calibration.asking import recalibrate
from rag_stream.calibration.everyday import everyday
from rag_stream.index.generation import REBUILD_COMMAND
from rag_stream.index.reader import INGEST_COMMAND
from rag_stream.pipeline.runtime import Runtime
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.openai_server import OpenAIServer
from tests.support.ports import free_port
from tests.support.web_server import Answer, WebServer

JSON = {"Content-Type": "application/json"}


@asynccontextmanager
async def served(
    settings: Settings, admission: Admission | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """The health routes of a chain with these settings."""
    chain = RagChain(settings)
    app = FastAPI()
    app.include_router(health_routes(chain, admission or Admission(lambda: Limits.to(1))))
    try:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://test"
        ) as client:
            yield client
    finally:
        await chain.aclose()


@pytest.fixture
async def filled(settings: Settings) -> Settings:
    await fill(settings)
    return settings


@pytest.fixture
def other_server() -> Iterator[WebServer]:
    """Another OpenAI-compatible server, which lists models as a test says."""
    with WebServer() as server:
        yield server


def at(settings: Settings, url: str) -> Settings:
    return settings.model_copy(update={"openai_base_url": url})


async def test_a_process_that_answers_is_alive(settings: Settings) -> None:
    async with served(settings) as client:
        response = await client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_an_empty_index_is_not_ready_and_names_the_command(settings: Settings) -> None:
    async with served(settings) as client:
        response = await client.get("/readyz")
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/json"
    (reason,) = response.json()["reasons"]
    assert INGEST_COMMAND in reason


async def test_a_filled_index_and_a_model_that_answers_are_ready(filled: Settings) -> None:
    async with served(filled) as client:
        response = await client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready"})


async def test_an_index_that_answers_everyday_questions_is_ready_with_a_note(
    settings: Settings,
) -> None:
    questions = everyday()["en"]
    for number, question in enumerate(questions):
        await fill(settings, [question], source=f"{number}.md")
    runtime = Runtime(settings)
    try:
        await recalibrate(runtime.index, runtime.embedder)
    finally:
        await runtime.aclose()
    async with served(settings) as client:
        response = await client.get("/readyz")
    assert response.status_code == 200
    (note,) = response.json()["notes"]
    assert "everyday questions" in note
    async with served(settings.model_copy(update={"abstain_below": 0.4})) as client:
        assert (await client.get("/readyz")).json() == {"status": "ready"}


async def test_an_ingest_makes_a_waiting_service_ready(settings: Settings) -> None:
    async with served(settings) as client:
        assert (await client.get("/readyz")).status_code == 503
        await fill(settings)
        assert (await client.get("/readyz")).status_code == 200


async def test_the_index_of_another_embedding_model_is_named(filled: Settings) -> None:
    other = filled.model_copy(update={"embeddings": "openai:text-embedding-3-large"})
    async with served(other) as client:
        response = await client.get("/readyz")
    (reason,) = response.json()["reasons"]
    assert response.status_code == 503
    assert "text-embedding-3-small" in reason
    assert REBUILD_COMMAND in reason


async def test_every_reason_is_given(settings: Settings) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    both = settings.model_copy(
        update={"openai_base_url": f"{nowhere}/v1", "chroma_url": nowhere, "chat_model": "auto"}
    )
    async with served(both) as client:
        response = await client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["reasons"] == [
        "the index server does not answer",
        "the OpenAI-compatible server does not answer (OPENAI_BASE_URL)",
    ]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            Answer('{"error": {"message": "sk-x"}}', 401, JSON),
            "the OpenAI-compatible server refused the key (OPENAI_API_KEY)",
        ),
        (
            Answer("{}", 403, JSON),
            "the OpenAI-compatible server refused the key (OPENAI_API_KEY)",
        ),
        (
            Answer("down", 503),
            "the OpenAI-compatible server failed (status 503)",
        ),
        (
            Answer("<html>a portal</html>"),
            "what answers is no OpenAI-compatible server (OPENAI_BASE_URL)",
        ),
    ],
)
async def test_a_model_server_that_is_not_well_is_a_reason(
    filled: Settings, other_server: WebServer, answer: Answer, reason: str
) -> None:
    other_server.pages["/v1/models"] = answer
    async with served(at(filled, other_server.url("/v1"))) as client:
        response = await client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["reasons"] == [reason]


@pytest.mark.parametrize("status", [404, 405, 429])
async def test_a_model_server_without_a_list_of_models_is_well(
    filled: Settings, other_server: WebServer, status: int
) -> None:
    other_server.pages["/v1/models"] = Answer("{}", status, JSON)
    async with served(at(filled, other_server.url("/v1"))) as client:
        assert (await client.get("/readyz")).status_code == 200


async def test_probing_asks_no_model_anything(
    filled: Settings, openai_server: OpenAIServer
) -> None:
    before = len(openai_server.calls)
    async with served(filled) as client:
        for _ in range(3):
            assert (await client.get("/readyz")).status_code == 200
    assert len(openai_server.calls) == before


async def test_many_probes_at_once_are_one_question(
    filled: Settings, other_server: WebServer
) -> None:
    other_server.pages["/v1/models"] = Answer('{"data": []}', 200, JSON)
    async with served(at(filled, other_server.url("/v1"))) as client:
        answers = await asyncio.gather(*(client.get("/readyz") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(other_server.requests) == 1


async def test_a_worker_that_is_shutting_down_is_not_ready(filled: Settings) -> None:
    admission = Admission(lambda: Limits.to(1))
    async with served(filled, admission) as client:
        assert (await client.get("/readyz")).status_code == 200
        admission.close()
        response = await client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["reasons"] == ["this worker is shutting down"]
        assert (await client.get("/healthz")).status_code == 200
