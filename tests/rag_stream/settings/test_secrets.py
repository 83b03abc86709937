"""Keys and passwords: as they are mounted, and never shown."""

import pytest

from rag_stream.errors import SettingsError
from rag_stream.settings import load_settings


def test_the_key_is_not_shown() -> None:
    assert "sk-secret" not in repr(load_settings(openai_api_key="sk-secret"))


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "RAG_CHROMA_URL"])
def test_a_password_in_a_bad_address_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "ftp://me:hunter2@example.org")
    with pytest.raises(SettingsError, match=name) as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "RAG_CHROMA_TOKEN", "RAG_RERANK_KEY"])
@pytest.mark.parametrize("end", ["\n", "\r\n", " \n"])
def test_a_secret_of_a_mounted_file_ends_with_a_line_break(
    name: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, f"sk-mounted{end}")
    fields = {"OPENAI_API_KEY": "openai_api_key", "RAG_CHROMA_TOKEN": "chroma_token"}
    secret = getattr(load_settings(), fields.get(name, "rerank_key"))
    assert secret.get_secret_value() == "sk-mounted"


def test_a_secret_of_two_lines_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_CHROMA_TOKEN", "sk-one\r\nX-Other: two")
    with pytest.raises(SettingsError, match=r"RAG_CHROMA_TOKEN: expected one line") as told:
        load_settings()
    assert "sk-one" not in str(told.value)


def test_a_key_with_quotation_marks_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "\u201csk-pasted\u201d")
    with pytest.raises(SettingsError, match=r"^OPENAI_API_KEY: expected ASCII") as told:
        load_settings()
    assert "sk-pasted" not in str(told.value)
