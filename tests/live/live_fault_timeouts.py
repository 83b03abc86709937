"""What comes too late, each wait with an end and a code of its own; and models out of reach."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests.support import sse
from tests.support.ending import Ending, ask, assert_quiet, body_for, ending_of, log_line
from tests.support.fault import BEFORE
from tests.support.faulty_model import FaultyModel
from tests.support.served import over
from tests.support.service import Service

NUMBERS = count(1)
LIMITS = {
    "RAG_FIRST_BYTE_S": 0.5,
    "RAG_CONNECT_TIMEOUT_S": 0.3,
    "RAG_RETRIEVAL_TIMEOUT_S": 1.5,
    "RAG_FIRST_TOKEN_TIMEOUT_S": 1.2,
    "RAG_TOKEN_TIMEOUT_S": 0.8,
    "RAG_ANSWER_TIMEOUT_S": 2,
    "RAG_RETRIES": 0,
}


@pytest.fixture(scope="module")
def model() -> Iterator[FaultyModel]:
    with FaultyModel() as model:
        yield model


@pytest.fixture(scope="module")
def service(model: FaultyModel, chroma_url: str) -> Iterator[Service]:
    with Service(env=over(model, chroma_url, **LIMITS)) as service:
        ask(service, "What takes long the first time?")  # some imports wait for it
        yield service


def question(text: str) -> str:
    return f"{text} number {next(NUMBERS)}?"


def failed(service: Service, ending: Ending, how: str, status: int, code: str, stage: str) -> None:
    """It ended so, and the log has it."""
    fields = ending.fields
    assert (ending.how, fields["status_code"], ending.code) == (how, status, code)
    assert fields["stage"] == stage
    assert f"failed, stage {stage}: " in log_line(service, fields["run_id"])
    assert ask(service, question("Is the next one answered,")).code == "completed"


@pytest.mark.parametrize(
    ("fault", "code", "answer"),
    [
        ("hang_before_headers", "first_token_timeout", ""),
        ("hang_after_headers", "first_token_timeout", ""),
        ("hang_before_token", "first_token_timeout", ""),
        ("hang_middle", "token_timeout", "".join(BEFORE)),
    ],
)
def test_silence_ends_in_a_timeout_of_its_own(
    service: Service, model: FaultyModel, fault: str, code: str, answer: str
) -> None:
    asked = question(f"fault:{fault}")
    ending = ask(service, asked)
    assert ending.answer == answer
    failed(service, ending, "event", 504, code, "generate")
    model.wait_until(lambda: model.live == 0)
    assert [call.outcome for call in model.asked(asked)] == ["abandoned"]  # and not once more


@pytest.mark.parametrize("endpoint", ["invoke", "stream"])
def test_an_answer_without_an_end_has_one(
    service: Service, model: FaultyModel, endpoint: str
) -> None:
    asked = question("fault:paced:20")
    ending = ask(service, asked, endpoint)
    how = "http" if endpoint == "invoke" else "event"
    failed(service, ending, how, 504, "answer_timeout", "generate")
    if endpoint == "stream":
        assert ending.answer.startswith("token0 token1 ")
    (call,) = model.asked(asked)
    model.wait_until(lambda: call.outcome != "live")
    assert call.outcome == "abandoned"


@pytest.mark.parametrize("endpoint", ["stream", "stream_log", "stream_events"])
def test_the_response_begins_when_the_model_keeps_silent(
    service: Service, model: FaultyModel, endpoint: str
) -> None:
    """Proxies wait no longer; what they get are the sources, before the model has accepted."""
    asked = question("fault:slow_headers:0.9")
    with sse.post(f"{service.url}/rag/{endpoint}", body_for(asked, endpoint)) as stream:
        assert stream.status == 200
        (call,) = model.asked(asked)
        assert call.outcome == "live"  # the answer is short: the headers have not come
        events = list(stream)
    ending = ending_of(events, endpoint, stream.headers)
    assert ending.how == "status"
    if endpoint == "stream":
        assert ending.answer == "".join(BEFORE)
        context = next(event for event in events if '"context"' in (event.data or ""))
        model.wait_until(lambda: call.ended is not None)
        assert context.at < (call.ended or 0)


@pytest.mark.parametrize(
    ("fault", "status", "code", "answer"),
    [
        ("status_429:0.8", 429, "model_busy", ""),
        ("status_401:0.8", 502, "model_rejected", ""),
        ("status_500:0.6", 502, "model_failed", ""),
    ],
)
def test_what_fails_after_the_response_has_begun_is_an_event(
    service: Service, fault: str, status: int, code: str, answer: str
) -> None:
    ending = ask(service, question(f"fault:{fault}"))
    assert ending.answer == answer
    failed(service, ending, "event", status, code, "generate")


@pytest.mark.parametrize("fault", ["status_429:0.8", "hang_before_headers"])
def test_what_is_answered_as_a_whole_begins_with_its_end(service: Service, fault: str) -> None:
    ending = ask(service, question(f"fault:{fault}"), "invoke")
    assert ending.how == "http"
    if fault.startswith("status_429"):
        assert ending.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("fault", "status", "code", "retryable"),
    [
        ("status_400", 502, "embedding_failed", False),
        ("status_401", 502, "embedding_failed", False),
        ("status_404", 502, "embedding_failed", False),
        ("status_429", 429, "embedding_busy", True),
        ("status_500", 502, "embedding_failed", True),
        ("html_error", 502, "embedding_failed", True),
        ("html_page", 502, "embedding_failed", True),
        ("refuse", 502, "embedding_failed", True),
        ("drop_middle_rst", 502, "embedding_failed", True),
        ("empty_stream", 502, "embedding_failed", True),
        ("length_too_long", 502, "embedding_failed", True),
        ("hang_before_headers", 504, "retrieval_timeout", True),
    ],
)
def test_a_fault_of_the_embedding_model_is_told(
    service: Service, model: FaultyModel, fault: str, status: int, code: str, retryable: bool
) -> None:
    asked = question(f"embedding-fault:{fault}")
    ending = ask(service, asked)
    how = "event" if status == 504 else "http"  # it comes when the response has begun
    failed(service, ending, how, status, code, "retrieve")
    assert ending.fields["retryable"] is retryable
    assert ending.headers.get("retry-after") == ("7" if status == 429 else None)
    assert model.asked(asked) == []


@pytest.mark.parametrize("endpoint", ["invoke", "batch", "stream_log", "stream_events"])
def test_other_endpoints_tell_of_the_embedding_model_too(service: Service, endpoint: str) -> None:
    ending = ask(service, question("embedding-fault:status_401"), endpoint)
    failed(service, ending, "http", 502, "embedding_failed", "retrieve")


def test_a_model_that_is_down_is_told_and_is_back_without_a_restart(
    service: Service, model: FaultyModel
) -> None:
    known = question("What has been asked before,")  # its vector is remembered
    assert ask(service, known).code == "completed"
    with model.away():
        asked = ask(service, known)
        new = ask(service, question("What is asked first while it is down,"))
    failed(service, asked, "http", 502, "model_failed", "generate")
    failed(service, new, "http", 502, "embedding_failed", "retrieve")
    assert ask(service, known).code == "completed"


def test_a_model_that_takes_no_connection_is_a_connect_timeout(
    service: Service, model: FaultyModel
) -> None:
    known = question("What has been asked before,")
    assert ask(service, known).code == "completed"
    with model.deaf():
        asked = ask(service, known)
        new = ask(service, question("What is asked first while it is deaf,"))
    failed(service, asked, "http", 504, "connect_timeout", "generate")
    failed(service, new, "http", 504, "connect_timeout", "retrieve")
    assert ask(service, known).code == "completed"


def test_nothing_is_left_and_nothing_unexpected_was_logged(
    service: Service, model: FaultyModel
) -> None:
    model.wait_until(lambda: model.live == 0)
    assert_quiet(service)
