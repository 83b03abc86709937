"""The environment as settings: defaults, `auto`, and complaints that name their variable."""

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


@pytest.mark.parametrize("name", ["local:all-MiniLM-L6-v2", "local:multilingual-e5-small"])
def test_a_local_embedding_model_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("RAG_EMBEDDINGS", f" {name} ")
    assert load_settings().embeddings_name == name


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


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        load_settings().k = 5  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("RAG_K", "many", "RAG_K: .*got 'many'"),
        ("RAG_K", "0", "RAG_K: .*greater than or equal to 1, got '0'"),
        (
            "RAG_EMBEDDINGS",
            "local:multilingual-e5-large",
            "RAG_EMBEDDINGS: expected 'auto', 'local:all-MiniLM-L6-v2', "
            "'local:multilingual-e5-small' or .*, got 'local:multilingual-e5-large'",
        ),
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
