"""Two hundred clients that leave at random moments: nothing of them is left, nor grows."""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.ending import ENDPOINTS, ask, assert_quiet
from tests.support.faulty_model import FaultyModel
from tests.support.processes import family, open_files, resident_mb
from tests.support.raw_client import connect, request, reset
from tests.support.served import over
from tests.support.service import Service

NUMBERS = count(1)
WATCHED = (
    *(sys.executable, "-m", "uvicorn", "tests.support.watched:app"),
    *("--host", "127.0.0.1", "--port", "{port}"),
)
HUNDRED = 100
AT_ONCE = 8
MEMORY_MB = 4.0
# What a client that leaves may find: the model silent, at work, failing. No flood: how much of
# one is in memory before it is given up says something of the machine's speed only.
FAULTS = (
    "fault:paced",
    "fault:paced:500",
    "fault:hang_before_headers",
    "fault:hang_before_token",
    "fault:hang_middle",
    "fault:status_500",
    "embedding-fault:hang_before_headers",
    "plainly",
)


@pytest.fixture(scope="module")
def model() -> Iterator[FaultyModel]:
    with FaultyModel() as model:
        yield model


@pytest.fixture(scope="module")
def watched(model: FaultyModel, chroma_url: str) -> Iterator[Service]:
    """One worker that tells its tasks."""
    with Service(WATCHED, env=over(model, chroma_url)) as service:
        yield service


@pytest.fixture(scope="module")
def pair(model: FaultyModel, chroma_url: str) -> Iterator[Service]:
    """Two workers."""
    with Service(env=over(model, chroma_url, WEB_CONCURRENCY=2)) as service:
        yield service


class Level:
    """What the service holds when it has nothing to do."""

    def __init__(self, service: Service, model: FaultyModel, chroma_url: str) -> None:
        self._url = service.url
        self._pids = family(service.process.pid)
        self._kept_for = {urlsplit(model.url).port or 0, urlsplit(chroma_url).port or 0}

    @property
    def files(self) -> int:
        return open_files(self._pids, kept_for=self._kept_for)

    @property
    def memory_mb(self) -> float:
        return resident_mb(self._pids)

    @property
    def tasks(self) -> "Counter[str]":
        """The event loop's tasks, by what they run; of the request for them there is one."""
        answer = httpx.get(f"{self._url}/_tasks", trust_env=False, timeout=60).json()
        return Counter(name.split(" at 0x")[0] for name in answer["tasks"])


def leave(service: Service, seed: int) -> None:
    """Ask something, and go: at once, in the middle of the request, or while reading."""
    moments = random.Random(seed)
    asked = f"{moments.choice(FAULTS)} number {next(NUMBERS)}?"
    whole = request(asked, moments.choice(ENDPOINTS))
    link = connect(service.port, small_buffer=moments.random() < 0.3)
    cut = moments.randrange(len(whole)) if moments.random() < 0.1 else len(whole)
    link.sendall(whole[:cut])
    until = time.monotonic() + moments.uniform(0, 0.2)
    if moments.random() < 0.5:
        time.sleep(max(0.0, until - time.monotonic()))
    else:
        with suppress(TimeoutError):
            while (left := until - time.monotonic()) > 0:
                link.settimeout(left)
                if not link.recv(4096):
                    break
    reset(link) if moments.random() < 0.5 else link.close()


def leave_a_hundred_times(service: Service, moments: random.Random) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        seeds = [moments.getrandbits(64) for _ in range(HUNDRED)]
        list(pool.map(lambda seed: leave(service, seed), seeds))


def ask_everything(service: Service) -> None:
    """What is done once and kept has been done, in each worker and on each endpoint."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [
            pool.submit(ask, service, f"Which, {next(NUMBERS)}?", endpoint)
            for endpoint in ENDPOINTS * 8
        ]
        endings = [future.result() for future in asked]
        assert [ending.fields for ending in endings if ending.how != "status"] == []


@pytest.mark.parametrize("server", ["watched", "pair"])
def test_nothing_is_left_of_clients_that_leave(
    request: pytest.FixtureRequest, model: FaultyModel, chroma_url: str, server: str
) -> None:
    service: Service = request.getfixturevalue(server)
    seed = time.time_ns()
    moments = random.Random(seed)
    ask_everything(service)
    level = Level(service, model, chroma_url)
    files, tasks = level.files, None
    if server == "watched":
        # What keeps the lexical index in step has come to its rest.
        model.wait_until(lambda: not any("Refresher" in name for name in level.tasks))
        tasks = level.tasks
    memory: list[float] = []
    try:
        for _ in range(2):
            leave_a_hundred_times(service, moments)
            model.wait_until(lambda: model.live == 0)
            model.wait_until(lambda: level.files <= files)
            if tasks is not None:
                model.wait_until(lambda: level.tasks == tasks)
            memory.append(level.memory_mb)
        ask_everything(service)
        assert memory[1] - memory[0] < MEMORY_MB, memory
    except BaseException as error:
        error.add_note(f"seed {seed}, tasks {level.tasks if tasks is not None else ''}")
        raise


def test_nothing_unexpected_was_logged(watched: Service, pair: Service) -> None:
    assert_quiet(watched)
    assert_quiet(pair)
