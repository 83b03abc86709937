"""A Redis that is not there when the service starts, or no longer."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from tests.support.ending import ask, body_for
from tests.support.openai_server import OpenAIServer
from tests.support.ports import free_port
from tests.support.processes import family
from tests.support.redis_server import RedisServer
from tests.support.served import over
from tests.support.service import APP, Service, clean_environment

SECRET = "very-secret"
UVICORN = (sys.executable, "-m", "uvicorn", "app.server:app", "--port", "{port}")
AWAY = {
    "nobody": "Connection refused",
    "no name": "Name or service not known",
    "an empty name": "no such name",
    "hangs": "no answer in time",
    "password": "a refusal of the user or password",
    "database": "a refusal of a command or database",
}


@pytest.fixture(params=[*AWAY])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(kind: str) -> Iterator[str]:
    with ExitStack() as stack:
        where, database = f"127.0.0.1:{free_port()}", 0
        if kind == "no name":
            where = "no.such.host.invalid:6379"
        elif kind == "an empty name":
            where = "a..b:6379"
        elif kind == "hangs":
            deaf = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            where = f"127.0.0.1:{deaf.getsockname()[1]}"
        elif kind in ("password", "database"):
            right = "another" if kind == "password" else SECRET
            where = f"127.0.0.1:{stack.enter_context(RedisServer(right)).port}"
            database = 99 if kind == "database" else 0
        yield f"redis://:{SECRET}@{where}/{database}"


@pytest.mark.parametrize("workers", [1, 2])
def test_the_start_says_what_came_instead(
    kind: str, url: str, workers: int, tmp_path: Path
) -> None:
    where = url.partition("@")[2].partition("/")[0]
    done = subprocess.run(
        APP,
        cwd=tmp_path,
        env=clean_environment({"REDIS_URL": url, "PORT": "0", "WEB_CONCURRENCY": str(workers)}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == (
        "rag-stream: cannot start: REDIS_URL: expected a Redis that answers at "
        f"{where}, got: {AWAY[kind]}\n"
    )


def test_by_another_server_it_starts_and_says_it(kind: str, url: str) -> None:
    """Which is all that it sees: a worker that is begun anew must not end the others."""
    where = url.partition("@")[2].partition("/")[0]
    with Service(UVICORN, env={"REDIS_URL": url}, ready="/healthz") as service:
        assert answer_to(service, "DELETE", f"/rag/runs/{RUN}") == (503, "run_store_unavailable")
        output = service.output()
    assert output.count(f"the run store (REDIS_URL, {where}) does not answer") == 1
    assert f"no runs are shared: {AWAY[kind]}\n" in output
    assert SECRET not in output
    assert "Traceback" not in output


def test_a_worker_that_is_begun_anew_needs_no_redis(chroma_url: str) -> None:
    with OpenAIServer() as model, RedisServer(SECRET) as redis:
        env = over(model, chroma_url, WEB_CONCURRENCY=2, REDIS_URL=redis.url)
        with Service(env=env) as service:
            before = set(workers_of(service))
            redis.stop()
            os.kill(min(before), signal.SIGKILL)
            in_time = monotonic() + 60
            while len(now := set(workers_of(service))) < 2 or now == before:
                assert monotonic() < in_time
                sleep(0.1)
            service.wait_ready()
            for _ in range(4):
                assert ask(service, "What is it?").code == "completed"
            redis.start()
            while answer_to(service, "POST", "/rag/stream") != (200, ""):
                assert monotonic() < in_time
                sleep(0.1)


def workers_of(service: Service) -> list[int]:
    """The processes that serve: those that have the application's code, not the supervisor."""
    return [
        pid
        for pid in family(service.process.pid)[1:]
        if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_redis_that_goes_takes_nothing_but_coming_back(chroma_url: str, workers: int) -> None:
    with OpenAIServer() as model, RedisServer(SECRET) as redis:
        env = over(model, chroma_url, WEB_CONCURRENCY=workers, REDIS_URL=redis.url)
        with Service(env=env) as service:
            redis.stop()
            for _ in range(2 * workers):
                assert ask(service, "What is it?").code == "completed"
                for method, path in (("POST", "/rag/stream"), ("DELETE", f"/rag/runs/{RUN}")):
                    status, code = answer_to(service, method, path)
                    assert (status, code) == (503, "run_store_unavailable")
            output = service.output()
    assert "REDIS_URL" in output
    assert SECRET not in output
    assert "Traceback" not in output


RUN = "acaa7254-2d3e-4e0f-8c2d-c397ec9a229d"


def answer_to(service: Service, method: str, path: str) -> tuple[int, str]:
    headers = {"X-On-Disconnect": "continue"}
    body = body_for("What?", "stream") if method == "POST" else None
    answer = httpx.request(method, service.url + path, json=body, headers=headers, timeout=30)
    return answer.status_code, "" if answer.is_success else answer.json()["code"]
