"""A service that may have few files and connections open: who gets in, and what others hear."""

import json
import select
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from time import monotonic, sleep

import httpx
import pytest

from tests.support.ending import ask, body_for
from tests.support.faulty_model import FaultyModel
from tests.support.processes import family, open_files
from tests.support.raw_client import HEAD, connect, request
from tests.support.served import over
from tests.support.service import APP, Service

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
QUESTION = "What is it?"
UVICORN = (sys.executable, "-m", "uvicorn", "app.server:app", "--port", "{port}")
ASYNCIO = (*UVICORN, "--loop", "asyncio")


@pytest.fixture(scope="module")
def model() -> Iterator[FaultyModel]:
    with FaultyModel() as model:
        yield model


@pytest.fixture(scope="module")
def environment(model: FaultyModel, chroma_url: str) -> dict[str, str]:
    return over(model, chroma_url)


def within(soft: int, hard: int, server: tuple[str, ...] = APP) -> tuple[str, ...]:
    """The command that serves, with so many descriptors."""
    return ("sh", "-c", f'ulimit -Sn {soft} && ulimit -Hn {hard} && exec "$@"', "sh", *server)


@pytest.mark.parametrize("workers", [1, 2])
def test_as_many_streams_go_on_as_the_system_lets_it_have(
    environment: dict[str, str], model: FaultyModel, workers: int
) -> None:
    """And not as the usual, lower limit does."""
    command, asked = within(100, 1000), f"fault:paced:1 of many, {workers}"
    workers_too = {**environment, "WEB_CONCURRENCY": str(workers)}
    with Service(command, env=workers_too) as service, ExitStack() as stack:
        links = [stack.enter_context(connect(service.port)) for _ in range(150)]
        for link in links:
            link.sendall(request(asked))
        assert {link.recv(12) for link in links} == {b"HTTP/1.1 200"}
        model.wait_until(lambda: len(model.asked(asked)) == len(links))


def test_one_address_does_not_keep_the_others_out(environment: dict[str, str]) -> None:
    most = 256
    with Service(within(most, most), env=environment) as service, ExitStack() as stack:
        assert ask(service, QUESTION).code == "completed"  # it has loaded all it needs
        for _ in range(most):
            link = stack.enter_context(socket.socket())
            link.settimeout(10)
            link.connect(("127.0.0.1", service.port))
            link.sendall(HEALTH)
        assert open_files(family(service.process.pid)) < most * 3 / 4
        other = httpx.HTTPTransport(local_address="127.0.0.2")
        with httpx.Client(transport=other, base_url=service.url, timeout=20) as client:
            answer = client.post("/rag/invoke", json=body_for(QUESTION, "invoke"))
        assert answer.json()["output"]["status"]["state"] == "completed"


@pytest.mark.parametrize("server", [APP, UVICORN, ASYNCIO], ids=["app", "uvicorn", "asyncio"])
def test_want_of_descriptors_is_overload_and_not_the_models_failure(
    environment: dict[str, str], model: FaultyModel, server: tuple[str, ...]
) -> None:
    most, asked = 256, "fault:paced:1 more than there can be"
    with Service(within(most, most, server), env=environment) as service:
        assert ask(service, QUESTION).code == "completed"
        assert "at most 96 questions at a time" in service.output()  # the operator reads why
        (note,) = httpx.get(f"{service.url}/readyz").json()["notes"]
        assert "RAG_MAX_STREAMS and what comes on top of it are 1500" in note
        with ExitStack() as stack:
            links = []
            for _ in range(most // 2):
                links.append(stack.enter_context(connect(service.port)))
                # At once: of so many that ask nothing yet the oldest would be given up.
                links[-1].sendall(request(asked))
            answers = [beginning_of(link) for link in links]
            # Each also asks for a vector, over a connection of its own for a moment.
            assert 30 <= [a[:12] for a in answers].count(b"HTTP/1.1 200") <= 64
            for answer in answers:
                if not answer.startswith(b"HTTP/1.1 200"):
                    assert_overloaded(answer)
        assert_answers(service)


@pytest.mark.parametrize("kind", ["", "fault:paced:1 with"])
def test_all_of_far_too_many_connections_hear_it(environment: dict[str, str], kind: str) -> None:
    """Of several addresses, so that the bound of one does not keep them out."""
    most = 256
    with Service(within(most, most), env=environment) as service:
        assert ask(service, QUESTION).code == "completed"
        with ExitStack() as stack:
            for number in range(2 * most):
                link = stack.enter_context(socket.socket())
                link.bind((f"127.0.0.{2 + number % 4}", 0))
                link.settimeout(30)
                link.connect(("127.0.0.1", service.port))
                link.sendall(request(kind) if kind else HEALTH)
                answer = beginning_of(link)
                if not answer.startswith(b"HTTP/1.1 200"):
                    assert_overloaded(answer)
            assert open_files(family(service.process.pid)) < most
        assert_answers(service)


@pytest.mark.parametrize("server", [UVICORN, ASYNCIO], ids=["uvloop", "asyncio"])
def test_a_server_that_can_accept_no_more_waits_quietly(
    environment: dict[str, str], server: tuple[str, ...]
) -> None:
    """One whose connections are not ours takes all there are; it is as before when they go."""
    most = 256
    with Service(within(most, most, server), env=environment) as service:
        assert ask(service, QUESTION).code == "completed"  # it has loaded all it needs
        with ExitStack() as stack:
            for _ in range(2 * most):
                link = stack.enter_context(socket.socket())
                link.connect(("127.0.0.1", service.port))
            sleep(2)
            lines = service.output().splitlines()
        assert len(lines) < 20, lines[-20:]
        assert_answers(service)


def test_batches_are_bounded_by_the_descriptors_too(
    environment: dict[str, str], model: FaultyModel
) -> None:
    """Each is eight answers at a time, and counts as that."""
    most, asked = 100, "fault:paced:1 of a batch"
    body = json.dumps({"inputs": [{"input": asked}] * 8}).encode()
    head = HEAD.format(endpoint="batch", length=len(body)).encode()
    with Service(within(most, most), env=environment) as service:
        assert ask(service, QUESTION).code == "completed"
        with ExitStack() as stack:
            links = [stack.enter_context(connect(service.port)) for _ in range(16)]
            for link in links:
                link.sendall(head + body)
            ready, _, _ = select.select(links, [], [], 30)
            assert ready
            for link in ready:
                assert_overloaded(beginning_of(link))
        assert "Too many open files" not in service.output()
        assert_answers(service)


def beginning_of(link: socket.socket) -> bytes:
    """That an answer has begun well, or all of how it was refused."""
    answer = link.recv(4096)
    while not answer.startswith(b"HTTP/1.1 200") and not answer.endswith(b"}"):
        more = link.recv(4096)
        assert more, answer
        answer += more
    return answer


def assert_overloaded(answer: bytes) -> None:
    assert answer.startswith(b"HTTP/1.1 503"), answer
    assert b"retry-after: 1\r\n" in answer
    assert b'"code":"overloaded"' in answer
    assert b'"retryable":true' in answer


def assert_answers(service: Service) -> None:
    """When all have left, it is as before."""
    in_time = monotonic() + 20
    while True:
        with suppress(OSError):
            if ask(service, QUESTION).code == "completed":
                return
        assert monotonic() < in_time
        sleep(0.05)
