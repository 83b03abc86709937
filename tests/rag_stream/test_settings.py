"""The environment as settings: defaults, `auto`, and complaints that name the variable."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from rag_stream.errors import SettingsError
from rag_stream.profiles import PROFILES
from rag_stream.settings import Settings, load_settings, unknown_variables


def test_without_a_key_everything_is_local() -> None:
    settings = load_settings()
    assert settings.chat_model_name == "local:extractive"
    assert settings.embeddings_name == "local:all-MiniLM-L6-v2"
    assert not settings.needs_openai_key


def retrieval(settings: Settings) -> tuple[object, ...]:
    return (
        settings.search_type,
        settings.k,
        settings.context_chars,
        settings.chunk_size,
        settings.chunk_overlap,
        settings.citations,
        settings.abstain_below,
    )


def test_the_profile_decides_where_nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    default = PROFILES["default"]["chunk_size"]
    assert retrieval(load_settings()) == ("hybrid", 50, 4_000, default, 0, True, "auto")
    reference = ("dense", 4, 1_000_000, 1_000, 200, False, "off")
    assert retrieval(load_settings(profile="reference")) == reference
    monkeypatch.setenv("RAG_PROFILE", "reference")
    monkeypatch.setenv("RAG_K", "")
    assert retrieval(load_settings()) == reference


def test_what_is_set_wins_over_the_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "RAG_SEARCH_TYPE": "lexical",
        "RAG_K": "7",
        "RAG_CONTEXT_CHARS": "900",
        "RAG_CHUNK_SIZE": "600",
        "RAG_CHUNK_OVERLAP": "50",
        "RAG_CITATIONS": "on",
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / ".env").write_text("RAG_PROFILE=reference\nRAG_ABSTAIN_BELOW=0.25\n")
    assert retrieval(load_settings()) == ("lexical", 7, 900, 600, 50, True, 0.25)


def test_with_a_key_auto_means_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    settings = load_settings()
    assert settings.chat_model_name == "openai:gpt-4o-mini"
    assert settings.embeddings_name == "openai:text-embedding-3-small"


def test_an_openai_model_without_a_key_needs_one_unless_another_server_is_named() -> None:
    assert load_settings(chat_model="openai:gpt-4o").needs_openai_key
    named = load_settings(chat_model="openai:llama3", openai_base_url="http://127.0.0.1:1/v1")
    assert not named.needs_openai_key


def test_a_dotenv_file_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RAG_COLLECTION=from-file\nOPENAI_API_KEY=\n")
    settings = load_settings()
    assert settings.collection == "from-file"
    assert settings.openai_api_key is None


def test_the_key_is_not_shown() -> None:
    assert "sk-secret" not in repr(load_settings(openai_api_key="sk-secret"))


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        load_settings().k = 5  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("RAG_K", "many", "RAG_K: .*got 'many'"),
        ("RAG_K", "0", "RAG_K: .*greater than or equal to 1, got '0'"),
        ("RAG_CHAT_MODEL", "gpt-4o", "RAG_CHAT_MODEL: expected 'auto', .*got 'gpt-4o'"),
        ("RAG_CHAT_MODEL", "antropic:claude", "RAG_CHAT_MODEL: .*providers anthropic, .*got 'an"),
        ("RAG_CHAT_MODEL", "anthropic:", "RAG_CHAT_MODEL: expected .*got 'anthropic:'"),
        ("RAG_EMBEDDINGS", "anthropic:x", "RAG_EMBEDDINGS: .*providers azure_ai, .*got 'anth"),
        ("RAG_TEMPERATURE", "hot", "RAG_TEMPERATURE: .*got 'hot'"),
        ("RAG_TEMPERATURE", "2.5", "RAG_TEMPERATURE: .*got '2.5'"),
        ("RAG_TEMPERATURE", "nan", "RAG_TEMPERATURE: .*got 'nan'"),
        ("RAG_MAX_TOKENS", "0", "RAG_MAX_TOKENS: .*got '0'"),
        ("RAG_MODEL_KWARGS", "{", "^RAG_MODEL_KWARGS: expected a JSON object, like .*9}$"),
        ("RAG_MODEL_KWARGS", '["sk-x"]', "^RAG_MODEL_KWARGS: expected a JSON object, .*9}$"),
        ("RAG_EMBEDDINGS_KWARGS", "1", "^RAG_EMBEDDINGS_KWARGS: expected a JSON object"),
        ("RAG_EMBEDDINGS", "local:other", "RAG_EMBEDDINGS: expected .*got 'local:other'"),
        ("RAG_CHROMA_URL", "localhost:8000", "RAG_CHROMA_URL: expected an address"),
        ("RAG_CHUNK_OVERLAP", "1000", "RAG_CHUNK_OVERLAP: expected less than RAG_CHUNK_SIZE"),
        ("RAG_SEARCH_TYPE", "mmr", "RAG_SEARCH_TYPE: .*'hybrid', 'dense' or 'lexical', got 'mmr'"),
        ("RAG_CONTEXT_CHARS", "10", "RAG_CONTEXT_CHARS: .*greater than or equal to 200, got '10'"),
        ("RAG_CITATIONS", "yes", "RAG_CITATIONS: expected 'on' or 'off', got 'yes'"),
        ("RAG_ABSTAIN_BELOW", "2", "RAG_ABSTAIN_BELOW: expected 'auto', 'off' or .*, got '2'"),
        ("RAG_ABSTAIN_BELOW", "nan", "RAG_ABSTAIN_BELOW: expected 'auto', 'off' or a number"),
        ("RAG_PROFILE", "fast", "RAG_PROFILE: .*got 'fast'"),
        ("RAG_COLLECTION", "-", "RAG_COLLECTION: "),
        ("RAG_OPENAI_TRANSPORT", "sdk", "RAG_OPENAI_TRANSPORT: .*'direct' or 'client', got 'sdk'"),
        ("PORT", "99999", "PORT: "),
        ("WEB_CONCURRENCY", "0", "WEB_CONCURRENCY: "),
    ],
)
def test_a_bad_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=complaint):
        load_settings()


def test_all_bad_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_K", "x")
    monkeypatch.setenv("PORT", "y")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert {line.split(":")[0] for line in str(caught.value).splitlines()} == {"RAG_K", "PORT"}


def test_a_mistyped_variable_is_pointed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_COLECTION", "x")
    assert unknown_variables() == [
        "RAG_COLECTION is set but is no setting of rag-stream; did you mean RAG_COLLECTION?"
    ]


def test_every_setting_has_its_own_variable() -> None:
    names = [field.validation_alias for field in Settings.model_fields.values()]
    assert len({str(name) for name in names}) == len(Settings.model_fields)


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


def test_trusted_proxies_are_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_TRUSTED_PROXIES", " 127.0.0.1, 10.0.0.0/8,2001:DB8::1 ,")
    assert load_settings().trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8", "2001:db8::1/128")
    monkeypatch.setenv("RAG_TRUSTED_PROXIES", " ")
    assert load_settings().trusted_proxies is None


@pytest.mark.parametrize("value", ["*", "proxy.example", "10.0.0.1/8", "10.0.0.1:80", "1.2.3", "x"])
def test_a_trusted_proxy_that_is_no_address_is_named(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """A name may come to mean another; a network with bits too many is a slip."""
    monkeypatch.setenv("RAG_TRUSTED_PROXIES", f"127.0.0.1, {value}")
    with pytest.raises(SettingsError, match=r"^RAG_TRUSTED_PROXIES: expected addresses or net"):
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


@pytest.mark.parametrize("value", ["localhost:6379", "http://me:hidden@redis:6379", "hidden"])
def test_a_bad_redis_address_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """It may hold a password."""
    monkeypatch.setenv("REDIS_URL", value)
    with pytest.raises(SettingsError, match="^REDIS_URL: expected an address that") as caught:
        load_settings()
    assert value not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__  # pydantic's error has the value in it


@pytest.mark.parametrize(
    "value", ["redis://me:hidden@redis:6379/0", "rediss://redis", "unix:///run/redis.sock"]
)
def test_a_redis_address_is_kept_and_not_shown(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("REDIS_URL", value)
    settings = load_settings()
    assert settings.redis_url is not None
    assert settings.redis_url.get_secret_value() == value
    assert value not in repr(settings)


def test_a_blank_redis_address_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", " ")
    assert load_settings().redis_url is None


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "RAG_CHROMA_URL"])
def test_a_password_in_a_bad_address_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "ftp://me:hunter2@example.org")
    with pytest.raises(SettingsError, match=name) as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_a_reranker_is_off_until_its_address_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert (settings.rerank_url, settings.rerank_api, settings.rerank_timeout_s) == (
        None,
        "jina",
        2.0,
    )
    monkeypatch.setenv("RAG_RERANK_URL", "reranker.example")
    monkeypatch.setenv("RAG_RERANK_API", "bing")
    monkeypatch.setenv("RAG_RERANK_TIMEOUT_S", "0")
    with pytest.raises(SettingsError) as told:
        load_settings(rerank_key="sk-secret")
    for name in ("RAG_RERANK_URL: ", "RAG_RERANK_API: ", "RAG_RERANK_TIMEOUT_S: "):
        assert name in str(told.value)
    monkeypatch.undo()
    assert "sk-secret" not in repr(load_settings(rerank_key="sk-secret"))


def test_parameters_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_TEMPERATURE", "0")
    monkeypatch.setenv("RAG_MAX_TOKENS", "300")
    monkeypatch.setenv("RAG_MODEL_KWARGS", '{"top_p": 0.5, "base_url": "http://x"}')
    monkeypatch.setenv("RAG_EMBEDDINGS_KWARGS", "")
    settings = load_settings()
    assert (settings.temperature, settings.max_tokens) == (0, 300)
    assert settings.model_kwargs == {"top_p": 0.5, "base_url": "http://x"}
    assert settings.embeddings_kwargs == {}
    assert load_settings(model_kwargs={"a": 1}).model_kwargs == {"a": 1}


def test_names_of_other_providers_models_may_hold_colons() -> None:
    settings = load_settings(chat_model="ollama:llama3.2:1b", embeddings="ollama:bge-m3")
    assert settings.chat_model_name == "ollama:llama3.2:1b"
    assert settings.embeddings_name == "ollama:bge-m3"


def test_allowed_hosts_are_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().allowed_hosts is None
    monkeypatch.setenv("RAG_ALLOWED_HOSTS", " Docs.example.org, *.example.net,[2001:db8::7],")
    assert load_settings().allowed_hosts == ("docs.example.org", "*.example.net", "2001:db8::7")


@pytest.mark.parametrize("value", ["https://a.org", "a.org:8000", "a b", "a.*", "a/b"])
def test_what_is_no_name_of_a_host_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("RAG_ALLOWED_HOSTS", value)
    with pytest.raises(SettingsError, match="RAG_ALLOWED_HOSTS: "):
        load_settings()


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


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "RAG_CHROMA_URL", "RAG_RERANK_URL"])
@pytest.mark.parametrize("url", ["http://[", "http://", "https://host:abc", "http://host:99999"])
def test_an_address_that_is_none_is_named(
    name: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, url)
    with pytest.raises(SettingsError, match=rf"^{name}: expected an address with a host"):
        load_settings()


def test_a_key_with_quotation_marks_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "\u201csk-pasted\u201d")
    with pytest.raises(SettingsError, match=r"^OPENAI_API_KEY: expected ASCII") as told:
        load_settings()
    assert "sk-pasted" not in str(told.value)
