"""What a client learns of a failure, and what only the log does."""

import errno
import logging
from collections.abc import AsyncIterator, Iterator
from inspect import isclass
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from app import error_responses
from app.error_responses import describe_failure, log_failure, problem_response
from rag_stream import errors
from rag_stream.errors import InvalidInputError, ModelBusyError, RagError

FIELDS = {"status_code", "code", "stage", "message", "retryable", "run_id"}
OURS = [kind for kind in vars(errors).values() if isclass(kind) and issubclass(kind, RagError)]
INTERNAL = "Internal error; the log has it by run id."


class Order(BaseModel):
    """A body that FastAPI checks, as some of LangServe's own endpoints have."""

    count: int


def app_that_fails() -> FastAPI:
    app = FastAPI()
    error_responses.install(app)

    @app.get("/ours")
    async def ours() -> None:
        raise ModelBusyError("over the limit")

    @app.get("/input")
    async def bad_input() -> None:
        raise InvalidInputError("input: expected a question, got nothing")

    @app.get("/theirs")
    async def theirs() -> None:
        raise RuntimeError("secret in /srv/app")

    @app.get("/http")
    async def http_error() -> None:
        raise HTTPException(409, "already there", {"retry-after": "3"})

    @app.get("/unprocessable")
    async def unprocessable() -> None:
        raise HTTPException(422, "no such field")

    @app.post("/orders")
    async def order(order: Order) -> int:
        return order.count

    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app_that_fails(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, "rag_stream.app"):
        yield caplog


@pytest.mark.parametrize("kind", OURS)
def test_an_error_of_ours_tells_what_it_knows(kind: type[RagError]) -> None:
    assert describe_failure(kind("the reason"), "run-1") == {
        "status_code": kind.status_code,
        "code": kind.code,
        "stage": kind.stage,
        "message": "the reason",
        "retryable": kind.retryable,
        "run_id": "run-1",
    }


@pytest.mark.parametrize(
    "error", [ValueError("sk-secret"), KeyError("prompt"), OSError(2, "no", "/srv/x")]
)
def test_another_error_tells_only_that_it_is_internal(error: Exception) -> None:
    assert describe_failure(error, "run-1") == {
        "status_code": 500,
        "code": "internal",
        "stage": "request",
        "message": INTERNAL,
        "retryable": False,
        "run_id": "run-1",
    }


def test_the_cause_of_an_error_stays_in_the_log(log: pytest.LogCaptureFixture) -> None:
    error = ModelBusyError("over the limit")
    error.__cause__ = ConnectionError("10.0.0.7 refused")
    assert "10.0.0.7" not in str(describe_failure(error))
    log_failure(error, "run-1")
    assert log.messages == [
        "run run-1 failed, stage generate: over the limit; cause: ConnectionError: 10.0.0.7 refused"
    ]
    assert log.records[0].exc_info is None


def test_an_error_that_is_not_ours_is_logged_with_its_traceback(
    log: pytest.LogCaptureFixture,
) -> None:
    log_failure(ValueError("what happened"), "run-1")
    assert log.messages == ["run run-1 failed, stage request"]
    assert "ValueError: what happened" in log.text


def test_a_failure_becomes_a_json_response() -> None:
    response = problem_response(ModelBusyError("over the limit"), "run-1")
    assert response.status_code == 429
    assert response.headers["content-type"] == "application/json"
    assert orjson.loads(response.body) == describe_failure(
        ModelBusyError("over the limit"), "run-1"
    )


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/ours", (429, "model_busy", "generate", "over the limit")),
        ("GET", "/input", (422, "invalid_input", "request", "input: expected a question, got no")),
        ("GET", "/theirs", (500, "internal", "request", INTERNAL)),
        ("GET", "/http", (409, "http_error", "request", "already there")),
        ("GET", "/unprocessable", (422, "invalid_input", "request", "no such field")),
        ("GET", "/nowhere", (404, "http_error", "request", "Not Found")),
        ("PUT", "/ours", (405, "http_error", "request", "Method Not Allowed")),
        ("POST", "/orders", (422, "invalid_input", "request", "body: Field required")),
    ],
)
async def test_every_error_of_the_app_has_the_one_shape(
    client: httpx.AsyncClient, method: str, path: str, expected: tuple[Any, ...]
) -> None:
    response = await client.request(method, path)
    body = response.json()
    assert set(body) == FIELDS
    assert response.status_code == body["status_code"]
    assert (body["status_code"], body["code"], body["stage"]) == expected[:3]
    assert body["message"].startswith(expected[3])
    assert body["run_id"] is None


async def test_the_headers_of_an_http_error_are_kept(client: httpx.AsyncClient) -> None:
    assert (await client.get("/http")).headers["retry-after"] == "3"
    assert (await client.put("/ours")).headers["allow"] == "GET"


async def test_a_body_that_fastapi_refuses_is_named_by_field(client: httpx.AsyncClient) -> None:
    response = await client.post("/orders", json={"count": "many"})
    assert response.json()["message"].startswith("body.count: Input should be a valid integer")
    assert "many" not in response.text


async def test_bad_input_is_no_line_in_the_log_but_failures_are(
    client: httpx.AsyncClient, log: pytest.LogCaptureFixture
) -> None:
    await client.get("/input")
    assert log.messages == []
    await client.get("/ours")
    await client.get("/theirs")
    assert [record.message.split(" failed")[0] for record in log.records] == ["a request"] * 2
    assert "secret in /srv/app" in log.text


def test_a_cause_cannot_look_like_lines_of_ours(log: pytest.LogCaptureFixture) -> None:
    error = RagError("it failed")
    error.__cause__ = RuntimeError("no more\nrun 0 failed, stage forged: x\r\n" + "y" * 10_000)
    log_failure(error, "run-1")
    (line,) = log.messages
    assert "no more run 0 failed, stage forged: x yyy" in line
    assert "\n" not in line
    assert len(line) < 1_000


def test_a_cause_is_followed_to_its_root(log: pytest.LogCaptureFixture) -> None:
    error, nearest, root = RagError("it failed"), RuntimeError("Connection error."), OSError()
    error.__cause__, nearest.__cause__, root.__cause__ = nearest, root, error
    log_failure(error, "run-1")
    assert log.messages[0].endswith("cause: RuntimeError: Connection error. < OSError")


def test_what_others_wrote_stays_on_its_line_and_is_cut(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    hostile = "a\r\nERROR forged \x1b[2J\x9b " + "x" * 100_000
    error = ModelBusyError(f"the model: {hostile}")
    error.__cause__ = ValueError(hostile)
    log_failure(error, f"b\n{hostile}")
    (record,) = caplog.records
    message = record.getMessage()
    assert message.isprintable()
    assert len(message) < 6000
    assert "\\x1b[2J\\x9b" in message


@pytest.mark.parametrize("text", ["key: sk-abc123-XYZ_9.", "Authorization: Bearer abc.def-123"])
def test_a_key_that_a_server_repeats_is_not_logged(
    caplog: pytest.LogCaptureFixture, text: str
) -> None:
    error = ModelBusyError("over the limit")
    error.__cause__ = ValueError(f"no such {text}")
    log_failure(error, "run")
    assert "abc" not in caplog.text
    assert "***" in caplog.text


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
def test_want_of_descriptors_is_nobodys_failure_but_ours(
    number: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A model, a store or a file that cannot be opened for it has not failed."""
    lack = OSError(number, "no more of them")
    through_a_library = ValueError("theirs")
    through_a_library.__cause__ = lack
    through_ours = errors.ModelFailedError("the chat model cannot be reached")
    through_ours.__cause__ = through_a_library
    for error in (lack, through_a_library, through_ours):
        response = problem_response(error)
        assert (response.status_code, response.headers["retry-after"]) == (503, "1")
        told = describe_failure(error, "a run")
        assert (told["code"], told["retryable"], told["run_id"]) == ("overloaded", True, "a run")
        log_failure(error, "a run")
    assert [record.exc_info for record in caplog.records] == [None] * 3
