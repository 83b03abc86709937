"""Times and counts: what none is, and what no limit is."""

import pytest

from rag_stream.errors import SettingsError
from rag_stream.settings import load_settings

SECONDS = (
    "RAG_CONNECT_TIMEOUT_S",
    "RAG_RETRIEVAL_TIMEOUT_S",
    "RAG_FIRST_TOKEN_TIMEOUT_S",
    "RAG_TOKEN_TIMEOUT_S",
    "RAG_ANSWER_TIMEOUT_S",
    "RAG_FIRST_BYTE_S",
    "RAG_PLACE_TIMEOUT_S",
    "RAG_BODY_TIMEOUT_S",
    "RAG_SEND_TIMEOUT_S",
    "RAG_RESUME_S",
)


@pytest.mark.parametrize("name", [*SECONDS, "RAG_DRAIN_S"])
@pytest.mark.parametrize("value", ["soon", "5s", "-1", "nan", "inf", "1e9", "86401"])
def test_a_time_that_is_none_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"^{name}: .*got '{value}'$"):
        load_settings()


@pytest.mark.parametrize("name", SECONDS)
def test_no_time_at_all_is_no_time_limit(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Zero means "never" to some programs and "at once" to others, so it is refused."""
    monkeypatch.setenv(name, "0")
    with pytest.raises(SettingsError, match=f"^{name}: .*greater than 0, got '0'$"):
        load_settings()


def test_a_service_may_stop_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_DRAIN_S", "0")
    assert load_settings().drain_s == 0


def test_fractions_of_a_second_are_times(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECONDS:
        monkeypatch.setenv(name, "0.25")
    settings = load_settings()
    assert settings.connect_timeout_s == settings.first_byte_s == 0.25
    assert settings.retrieval_timeout_s == settings.answer_timeout_s == 0.25
    assert settings.first_token_timeout_s == settings.token_timeout_s == 0.25


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RAG_RETRIES", "-1"),
        ("RAG_RETRIES", "11"),
        ("RAG_RETRIES", "1.5"),
        ("RAG_MAX_STREAMS", "0"),
        ("RAG_SPARE_STREAMS", "-1"),
        ("RAG_SPARE_STREAMS", "0.25"),
        ("RAG_MAX_UNREAD", "0"),
        ("RAG_RESUME_RUNS", "0"),
        ("RAG_RESUME_MB", "0"),
    ],
)
def test_a_count_that_is_none_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}: .*got '{value}'$"):
        load_settings()


@pytest.mark.parametrize("name", ["RAG_SPARE_STREAMS", "RAG_MAX_UNREAD"])
def test_beside_the_places_there_are_no_more_than_those(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("RAG_MAX_STREAMS", "7")
    monkeypatch.setenv(name, "7")
    load_settings()
    monkeypatch.setenv(name, "8")
    with pytest.raises(SettingsError, match=rf"^{name}: .*RAG_MAX_STREAMS \(7\), got 8$"):
        load_settings()
