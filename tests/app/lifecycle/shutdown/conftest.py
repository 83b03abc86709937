"""Who is inside, and the server that hears of a signal after us."""

import signal
from collections.abc import Iterator

import pytest

from app.lifecycle.admission import Admission
from app.lifecycle.limits import Limits
from app.lifecycle.shutdown import SIGNALS
from tests.support.signalled import Server


@pytest.fixture
def admission() -> Admission:
    return Admission(lambda: Limits.to(10))


@pytest.fixture
def server(admission: Admission) -> Iterator[Server]:
    server = Server(admission)
    before = {number: signal.signal(number, server.on_signal) for number in SIGNALS}
    yield server
    for number, handler in before.items():
        signal.signal(number, handler)
