"""Requests sent without waiting for the answers to those before them, and what it costs."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.ending import ask
from tests.support.faulty_model import FaultyModel
from tests.support.processes import family, resident_mb
from tests.support.raw_client import connect, request, reset
from tests.support.served import over
from tests.support.service import Service

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture(scope="module")
def model() -> Iterator[FaultyModel]:
    with FaultyModel() as model:
        yield model


@pytest.fixture(scope="module")
def service(model: FaultyModel, chroma_url: str) -> Iterator[Service]:
    with Service(env=over(model, chroma_url)) as service:
        yield service


@pytest.fixture(autouse=True)
def _still_works(service: Service) -> Iterator[None]:
    yield
    assert ask(service, "What is it?").code == "completed"


@pytest.mark.parametrize("leave", ["ends", "resets"])
@pytest.mark.parametrize("endpoint", ["invoke", "batch", "stream"])
def test_a_run_ends_with_its_client_whatever_else_that_has_asked(
    service: Service, model: FaultyModel, endpoint: str, leave: str
) -> None:
    asked = f"fault:hang_before_token left by {endpoint} that {leave}"
    link = connect(service.port)
    link.sendall(request(asked, endpoint))
    model.wait_until(lambda: bool(model.asked(asked)))
    link.sendall(HEALTH + request("never begun"))
    link.close() if leave == "ends" else reset(link)
    model.wait_until(lambda: model.live == 0)
    assert not model.asked("never begun")


def test_requests_without_end_behind_slow_answers_cost_next_to_nothing(
    service: Service, model: FaultyModel
) -> None:
    asked = "fault:hang_before_token behind which a flood comes"
    processes = family(service.process.pid)
    before = resident_mb(processes)
    with ExitStack() as stack:
        links = [stack.enter_context(connect(service.port)) for _ in range(20)]
        for link in links:
            link.sendall(request(asked))
        model.wait_until(lambda: len(model.asked(asked)) == len(links))
        for link in links:
            link.sendall(HEALTH * 14_000)
        assert ask(service, "What is it?").code == "completed"
        assert resident_mb(processes) - before < 60
    model.wait_until(lambda: model.live == 0)
