"""An index that is down, stuck, failing, locked or gone: told at once, and used again when back."""

import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import httpx
import pytest

from tests.support import gateway as gateways
from tests.support.chroma_process import ChromaProcess
from tests.support.ending import ENDPOINTS, ask, assert_quiet, log_line
from tests.support.faulty_model import FaultyModel
from tests.support.gateway import Gateway
from tests.support.served import over
from tests.support.service import Service

NUMBERS = count(1)
RETRIEVAL_S = 2.0  # reads are tried again meanwhile, for longer than a second
LIMITS = {
    "RAG_RETRIEVAL_TIMEOUT_S": RETRIEVAL_S,
    "RAG_CONNECT_TIMEOUT_S": 0.5,
    "RAG_FIRST_TOKEN_TIMEOUT_S": 10,
}
# The state of the index a moment ago may still be used: by then it is not.
STALE_S = 0.4


@pytest.fixture(scope="module")
def model() -> Iterator[FaultyModel]:
    with FaultyModel() as model:
        yield model


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    with ChromaProcess(tmp_path_factory.mktemp("store") / "chroma") as chroma:
        yield chroma


@pytest.fixture(scope="module")
def gateway(chroma: ChromaProcess) -> Iterator[Gateway]:
    with Gateway(chroma.port) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def service(model: FaultyModel, chroma: ChromaProcess, gateway: Gateway) -> Iterator[Service]:
    """Two workers: each has its own connections and its own view of the index."""
    env = over(model, chroma.url, index_url=gateway.url, WEB_CONCURRENCY=2, **LIMITS)
    with Service(env=env) as service:
        with ThreadPoolExecutor(8) as pool:  # what takes long the first time has been done
            list(pool.map(lambda _: ask(service, question()), range(16)))
        yield service


def question() -> str:
    return f"What is number {next(NUMBERS)}?"


def readiness(service: Service) -> int:
    """A probe that waits longer than a question does for the index has not been answered."""
    probe = httpx.get(f"{service.url}/readyz", trust_env=False, timeout=RETRIEVAL_S + 1)
    return probe.status_code


def fails(service: Service, status: int, code: str, endpoint: str = "stream") -> None:
    ending = ask(service, question(), endpoint)
    fields = ending.fields
    assert (ending.how, ending.code, fields["status_code"]) == ("http", code, status)
    assert fields["stage"] == "retrieve"
    assert "failed, stage retrieve: " in log_line(service, fields["run_id"])


def works(service: Service) -> None:
    """Every worker answers: of so many questions each gets some."""
    for _ in range(4):
        assert ask(service, question()).code == "completed"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_an_index_server_that_was_down_is_used_again_without_a_restart(
    service: Service, chroma: ChromaProcess, how: signal.Signals
) -> None:
    chroma.stop(how)
    try:
        for _ in range(3):
            fails(service, 502, "index_unavailable")
        assert readiness(service) == 503
        assert httpx.get(f"{service.url}/healthz", trust_env=False, timeout=60).status_code == 200
    finally:
        chroma.start()
    works(service)
    assert readiness(service) == 200


def test_a_frozen_index_server_is_a_timeout_of_retrieval(
    service: Service, chroma: ChromaProcess, model: FaultyModel
) -> None:
    asked = len(model.calls)
    chroma.freeze()
    try:
        fails(service, 504, "retrieval_timeout")
        with ThreadPoolExecutor(30) as pool:  # more than the calls that it may have at a time
            futures = [
                pool.submit(fails, service, 504, "retrieval_timeout", endpoint)
                for endpoint in ENDPOINTS * 6
            ]
        for future in futures:
            future.result()
        assert readiness(service) == 503
    finally:
        chroma.thaw()
    assert len(model.calls) == asked
    works(service)


@pytest.mark.parametrize(
    ("mode", "endpoint"),
    [(mode, endpoint) for mode in gateways.MODES for endpoint in ENDPOINTS if mode != "hang"]
    + [("hang", "stream")],  # it takes its time; the frozen server is asked on all of them
)
def test_a_harmful_index_server_is_one_http_error(
    service: Service, gateway: Gateway, mode: str, endpoint: str
) -> None:
    gateway.become(mode)
    try:
        status, code = (504, "retrieval_timeout") if mode == "hang" else (502, "index_unavailable")
        fails(service, status, code, endpoint)
    finally:
        gateway.become("through")
    assert ask(service, question(), endpoint).how == "status"


@pytest.mark.parametrize("mode", ["reset", "fail"])
def test_a_short_disturbance_of_the_index_is_nobodys_failure(
    service: Service, gateway: Gateway, mode: str
) -> None:
    """A read that fails is tried again; a server that has just been started fails at some."""
    before = gateway.requests
    gateway.become(mode)
    with ThreadPoolExecutor(1) as pool:
        ending = pool.submit(ask, service, question())
        while gateway.requests == before:
            time.sleep(0.001)
        gateway.become("through")
        ended = ending.result()
    if mode == "fail":
        assert ended.code == "completed"
    else:  # a cut connection says nothing of when it will be better
        assert ended.code in ("completed", "index_unavailable")
    works(service)


def test_a_locked_database_is_an_ending_and_no_wait_without_one(
    service: Service, chroma: ChromaProcess
) -> None:
    time.sleep(STALE_S)
    database = sqlite3.connect(chroma.folder / "chroma.sqlite3", isolation_level=None)
    try:
        database.execute("BEGIN EXCLUSIVE")
        begun = time.monotonic()
        ending = ask(service, question())
        assert ending.code in ("completed", "index_unavailable", "retrieval_timeout")
        assert ending.how == ("status" if ending.code == "completed" else "http")
        assert time.monotonic() - begun < RETRIEVAL_S + 1
        database.execute("ROLLBACK")
    finally:
        database.close()
    works(service)


def test_a_collection_that_is_gone_is_named_and_found_again(
    service: Service, chroma: ChromaProcess, model: FaultyModel
) -> None:
    """Deleted under a service that has just used it; then filled anew under the same name."""
    name = service.environment["RAG_COLLECTION"]
    base = f"{chroma.url}/api/v2/tenants/default_tenant/databases/default_database"
    with httpx.Client(base_url=base, trust_env=False) as client:
        answer = client.delete(f"/collections/{name}")
        assert answer.is_success, answer.text
        fails(service, 503, "index_empty")
        assert readiness(service) == 503
    over(model, chroma.url, collection=name)
    works(service)
    assert readiness(service) == 200


def test_nothing_is_left_and_nothing_unexpected_was_logged(
    service: Service, model: FaultyModel
) -> None:
    model.wait_until(lambda: model.live == 0)
    assert_quiet(service)
