"""Who is asked again, how often, and after which pause."""

import pytest

from rag_stream.errors import (
    AnswerTimeoutError,
    ConnectTimeoutError,
    EmbeddingBusyError,
    EmbeddingConnectTimeoutError,
    EmbeddingFailedError,
    EmbeddingRejectedError,
    FirstTokenTimeoutError,
    ModelBusyError,
    ModelFailedError,
    ModelRejectedError,
    ModelTimeoutError,
    RagError,
    RetrievalTimeoutError,
    TokenTimeoutError,
    WeightsError,
)
from rag_stream.models.retry import FIRST_PAUSE_S, LONGEST_PAUSE_S, PATIENCE_S, pause_before_retry


def busy(retry_after: str | None) -> RagError:
    error = ModelBusyError("over its limit")
    error.retry_after = retry_after
    return error


@pytest.mark.parametrize(
    "error",
    [
        ModelFailedError("x"),
        ModelBusyError("x"),
        EmbeddingFailedError("x"),
        EmbeddingBusyError("x"),
    ],
)
def test_what_may_pass_is_tried_again(error: RagError) -> None:
    assert pause_before_retry(error, 1, 2) is not None


@pytest.mark.parametrize(
    "error",
    [
        ModelRejectedError("x"),
        EmbeddingRejectedError("x"),
        WeightsError("x"),
        RagError("x"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(error: RagError) -> None:
    assert pause_before_retry(error, 1, 2) is None


@pytest.mark.parametrize(
    "error",
    [
        ModelTimeoutError("x"),
        FirstTokenTimeoutError("x"),
        TokenTimeoutError("x"),
        AnswerTimeoutError("x"),
        ConnectTimeoutError("x"),
        EmbeddingConnectTimeoutError("x"),
        RetrievalTimeoutError("x"),
    ],
)
def test_a_timeout_has_used_the_time_up(error: RagError) -> None:
    assert error.retryable  # by the client, who may have more time
    assert pause_before_retry(error, 1, 2) is None


@pytest.mark.parametrize("most", [0, 1, 2, 10])
def test_it_is_tried_again_so_often_and_no_more(most: int) -> None:
    error = ModelFailedError("x")
    again = [pause_before_retry(error, failed, most) is not None for failed in range(1, 14)]
    assert again == [True] * most + [False] * (13 - most)


@pytest.mark.parametrize("failed", range(1, 11))
def test_pauses_are_drawn_between_half_and_all_of_what_doubles(failed: int) -> None:
    longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (failed - 1))
    pauses = [pause_before_retry(ModelFailedError("x"), failed, 10) for _ in range(300)]
    drawn = [pause for pause in pauses if pause is not None]
    assert len(drawn) == 300
    assert longest / 2 <= min(drawn) < longest * 0.6
    assert longest * 0.9 < max(drawn) <= longest


@pytest.mark.parametrize("retry_after", ["1", "01"])
def test_a_short_retry_after_is_waited_for(retry_after: str) -> None:
    assert pause_before_retry(busy(retry_after), 1, 2) == PATIENCE_S == 1.0


def test_a_retry_after_of_nothing_does_not_do_away_with_the_pause() -> None:
    pause = pause_before_retry(busy("0"), 1, 2)
    assert pause is not None
    assert FIRST_PAUSE_S / 2 <= pause <= FIRST_PAUSE_S


def test_a_retry_after_does_not_shorten_a_pause() -> None:
    pauses = [pause_before_retry(busy("1"), 10, 10) for _ in range(100)]
    assert all(pause is not None and pause >= LONGEST_PAUSE_S / 2 for pause in pauses)
    assert max(pause or 0 for pause in pauses) > PATIENCE_S


@pytest.mark.parametrize(
    "retry_after", ["2", "7", "120", "999999999", "Wed, 21 Oct 2015 07:28:00 GMT"]
)
def test_a_long_retry_after_is_left_to_the_client(retry_after: str) -> None:
    assert pause_before_retry(busy(retry_after), 1, 2) is None


@pytest.mark.parametrize("failed", [2, 3])
def test_a_short_retry_after_does_not_add_a_try(failed: int) -> None:
    assert pause_before_retry(busy("0"), failed, 1) is None
