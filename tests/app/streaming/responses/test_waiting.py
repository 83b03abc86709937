"""Responses whose caller has to wait a moment for a place."""

import asyncio
from typing import Any

import pytest
from starlette.responses import Response

from app.errors import ShuttingDownError
from app.lifecycle.admission import Admission
from app.lifecycle.limits import Limits
from app.lifecycle.ticket import Ticket
from app.streaming.batches import LastBatch
from tests.support.asgi_ends import Client, Source, computed, respond, stream
from tests.support.run_readers import turns

MOST = 8


def taken_by_another(wait_s: float = 60.0) -> tuple[Admission, list[Ticket]]:
    admission = Admission(lambda: Limits(MOST, 0, 1, wait_s))
    tickets = [admission.admit([str(n)], "caller", "there") for n in range(MOST)]
    return admission, tickets


class Computing:
    """Counts how often it was begun."""

    def __init__(self) -> None:
        self.given = 0

    async def compute(self) -> Response:
        self.given += 1
        return Response(b"1")


def response_of(kind: str, admission: Admission) -> tuple[Any, Any]:
    """The response, and what tells how much of it was made."""
    if kind == "stream":
        source = Source(LastBatch([b"1"]))
        return stream(source, admission), source
    computing = Computing()
    return computed(computing.compute, admission), computing


@pytest.fixture(params=["stream", "computed"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_it_begins_when_there_is_a_place(client: Client, kind: str) -> None:
    admission, others = taken_by_another()
    response, made = response_of(kind, admission)
    running = asyncio.create_task(respond(response, client))
    await turns()
    assert (made.given, client.sent) == (0, [])
    others[0].leave()
    await running
    assert (made.given, client.status, client.bodies[0]) == (1, 200, b"1")
    assert admission.count == MOST - 1


async def test_where_none_becomes_free_it_is_refused_as_ever(client: Client, kind: str) -> None:
    admission, _ = taken_by_another(wait_s=0.01)
    response, made = response_of(kind, admission)
    await respond(response, client)
    assert (made.given, client.status) == (0, 503)
    assert client.bodies[0].startswith(b"OverloadedError: this worker has as many runs")
    assert admission.count == MOST


async def test_a_client_that_leaves_meanwhile_leaves_nothing_behind(
    client: Client, kind: str
) -> None:
    admission, others = taken_by_another()
    response, made = response_of(kind, admission)
    running = asyncio.create_task(respond(response, client))
    await turns()
    client.left.set()
    await running
    assert (made.given, client.sent, admission.count) == (0, [], MOST)
    for other in others:
        other.leave()
    assert admission.count == 0


async def test_a_worker_that_ends_tells_those_who_wait(client: Client, kind: str) -> None:
    admission, _ = taken_by_another()
    response, made = response_of(kind, admission)
    running = asyncio.create_task(respond(response, client))
    await turns()
    admission.close()
    await running
    assert (made.given, client.status) == (0, 503)
    assert client.bodies[0].startswith(ShuttingDownError.__name__.encode())
