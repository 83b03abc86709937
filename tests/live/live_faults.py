"""A model that goes wrong in every way: each question ends once, properly, and the next works."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from tests.support.ending import Ending, ask, assert_quiet, log_line
from tests.support.failures import FAILURES, PATIENCE, REPRESENTATIVE, WELL, Failure
from tests.support.faulty_model import FaultyModel
from tests.support.served import over
from tests.support.service import Service

NUMBERS = count(1)
OTHER_ENDPOINTS = ("invoke", "batch", "stream_log", "stream_events")


@pytest.fixture(scope="module")
def model() -> Iterator[FaultyModel]:
    with FaultyModel() as model:
        yield model


@pytest.fixture(scope="module")
def service(model: FaultyModel, chroma_url: str) -> Iterator[Service]:
    with Service(env=over(model, chroma_url, **PATIENCE)) as service:
        yield service


@pytest.fixture(scope="module")
def pair(model: FaultyModel, chroma_url: str) -> Iterator[Service]:
    """Two workers."""
    with Service(env=over(model, chroma_url, WEB_CONCURRENCY=2, **PATIENCE)) as service:
        yield service


def question(fault: str) -> str:
    """One that nobody has asked before, so that the model's calls for it can be told."""
    return f"fault:{fault} number {next(NUMBERS)}?"


def check(service: Service, failure: Failure, ending: Ending, *, how: str | None) -> None:
    """It failed as it should, and the log has it."""
    assert (ending.code, ending.fields["status_code"]) == (failure.code, failure.status)
    assert how in (ending.how, None)
    assert ending.fields["stage"] == "generate"
    assert ending.fields["retryable"] is failure.retryable
    if ending.how == "http" and failure.status == 429:
        after = ending.headers["retry-after"]
        named = {"status_429": "7", "status_429_soon": "0"}.get(failure.fault)
        assert after == named if named else int(after) >= 1
    line = log_line(service, ending.fields["run_id"])
    assert "failed, stage generate: " in line


def works(service: Service, endpoint: str = "stream") -> None:
    """A plain question is answered."""
    ending = ask(service, f"What is number {next(NUMBERS)}?", endpoint)
    assert (ending.how, ending.fields) == ("status", {})
    if endpoint == "stream":
        assert (ending.code, ending.answer) == ("completed", "Hello from the faulty model.")


@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_a_fault_is_one_error_and_the_next_question_works(
    service: Service, model: FaultyModel, failure: Failure
) -> None:
    asked = question(failure.fault)
    ending = ask(service, asked)
    check(service, failure, ending, how=failure.how)
    assert ending.answer == failure.answer
    if failure.asks is not None:
        assert len(model.asked(asked)) == failure.asks
    model.wait_until(lambda: model.live == 0)
    works(service)


@pytest.mark.parametrize("failure", REPRESENTATIVE, ids=str)
@pytest.mark.parametrize("endpoint", OTHER_ENDPOINTS)
def test_other_endpoints_fail_the_same_way(
    service: Service, model: FaultyModel, failure: Failure, endpoint: str
) -> None:
    ending = ask(service, question(failure.fault), endpoint)
    # What is answered as a whole has nothing sent before it fails.
    check(service, failure, ending, how="http" if endpoint in ("invoke", "batch") else failure.how)
    model.wait_until(lambda: model.live == 0)
    works(service, endpoint)


@pytest.mark.parametrize("failure", REPRESENTATIVE, ids=str)
def test_two_workers_fail_the_same_way(pair: Service, model: FaultyModel, failure: Failure) -> None:
    for _ in range(2):
        ending = ask(pair, question(failure.fault))
        check(pair, failure, ending, how=failure.how)
        assert ending.answer == failure.answer
    model.wait_until(lambda: model.live == 0)
    works(pair)


@pytest.mark.parametrize("fault", WELL)
def test_what_is_only_odd_is_an_answer(service: Service, fault: str) -> None:
    state, answer = WELL[fault]
    ending = ask(service, question(fault), timeout=60)
    assert ending.how == "status"
    assert ending.code == state
    assert ending.answer == answer
    works(service)


@pytest.mark.parametrize(
    "fault",
    [
        "status_500",
        "status_503",
        "status_429_plain",
        "status_429_soon",
        "refuse",
        "html_error",
        "drop_before_token_rst",
        "drop_before_token_fin",
        "empty_stream",
    ],
)
def test_what_went_wrong_before_the_first_token_is_tried_again(
    service: Service, model: FaultyModel, fault: str
) -> None:
    asked = f"once:{fault} number {next(NUMBERS)}?"
    ending = ask(service, asked)
    assert (ending.how, ending.code) == ("status", "completed")
    assert ending.answer == "Hello from the faulty model."
    assert [call.fault for call in model.asked(asked)] == [fault, None]


@pytest.mark.parametrize("server", ["service", "pair"])
def test_faults_at_the_same_time_do_not_touch_each_other(
    request: pytest.FixtureRequest, model: FaultyModel, server: str
) -> None:
    service: Service = request.getfixturevalue(server)
    mixed = [*FAILURES, None, None] * 2

    def one(failure: Failure | None) -> None:
        if failure is None:
            works(service)
        else:
            ending = ask(service, question(failure.fault))
            check(service, failure, ending, how=failure.how)
            assert ending.answer == failure.answer

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(one, mixed))
    model.wait_until(lambda: model.live == 0)


def test_what_a_model_says_makes_no_lines_of_the_log(service: Service) -> None:
    ending = ask(service, question("status_500_lines"))
    assert "stage generate" in log_line(service, ending.fields["run_id"])
    assert not [line for line in service.output().splitlines() if line.startswith("run 0 ")]


def test_nothing_unexpected_was_logged(service: Service, pair: Service) -> None:
    assert_quiet(service)
    assert_quiet(pair)
