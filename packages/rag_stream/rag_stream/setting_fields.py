"""The list of settings: each with its variable, its default and its bounds.

What they mean is in docs/settings.md; how they are read and what follows from them in
`settings.py`. Sizes are in characters of English (`text/weight.py`), times in seconds.
"""

from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag_stream.profiles import MAX_CONTEXT_CHARS, MAX_K, Profile, SearchType
from rag_stream.provider_variables import JsonObject
from rag_stream.setting_values import (
    AbstainBelow,
    AllowedHosts,
    Language,
    Networks,
    OnOrOff,
    OptionalAddress,
    OptionalDatabaseAddress,
    OptionalKey,
    OptionalRedisAddress,
    OptionalText,
)

DOTENV = ".env"

RerankApi = Literal["cohere", "jina", "voyage", "tei"]
CitationStyle = Literal["annotations", "openwebui", "markdown"]


def _env(name: str, default: Any, **rules: Any) -> Any:
    return Field(default=default, validation_alias=AliasChoices(name), **rules)


def _seconds(name: str, default: float) -> Any:
    return _env(name, float(default), gt=0, le=86_400, allow_inf_nan=False)


class SettingFields(BaseSettings):
    """Every setting; field names are for code, users see the variable names."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_file=DOTENV, env_ignore_empty=True
    )

    openai_api_key: OptionalKey = _env("OPENAI_API_KEY", None)
    openai_base_url: OptionalAddress = _env("OPENAI_BASE_URL", None)
    openai_transport: Literal["direct", "client"] = _env("RAG_OPENAI_TRANSPORT", "direct")
    chat_model: str = _env("RAG_CHAT_MODEL", "auto")
    embeddings: str = _env("RAG_EMBEDDINGS", "auto")
    model_cache: Path | None = _env("RAG_MODEL_CACHE", None)
    # Of the chat model; what is not set is the provider's default. `local:extractive` has none.
    temperature: float | None = _env("RAG_TEMPERATURE", None, ge=0, le=2, allow_inf_nan=False)
    max_tokens: int | None = _env("RAG_MAX_TOKENS", None, ge=1, le=10_000_000)
    model_kwargs: JsonObject = _env("RAG_MODEL_KWARGS", {}, repr=False)
    embeddings_kwargs: JsonObject = _env("RAG_EMBEDDINGS_KWARGS", {}, repr=False)
    prompt_file: Path | None = _env("RAG_PROMPT_FILE", None)
    language: Language = _env("RAG_LANGUAGE", ...)

    chroma_path: Path = _env("RAG_CHROMA_PATH", Path("data/chroma"))
    chroma_url: OptionalAddress = _env("RAG_CHROMA_URL", None)
    chroma_token: OptionalKey = _env("RAG_CHROMA_TOKEN", None)
    chroma_tenant: str = _env("RAG_CHROMA_TENANT", "default_tenant")
    chroma_database: str = _env("RAG_CHROMA_DATABASE", "default_database")
    collection: str = _env(
        "RAG_COLLECTION", "rag", pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]{1,500}[a-zA-Z0-9]$"
    )

    # Where nothing is set, the profile decides about what has no default here.
    profile: Profile = _env("RAG_PROFILE", "default")
    search_type: SearchType = _env("RAG_SEARCH_TYPE", ...)
    k: int = _env("RAG_K", ..., ge=1, le=MAX_K)
    context_chars: int = _env("RAG_CONTEXT_CHARS", ..., ge=200, le=MAX_CONTEXT_CHARS)
    chunk_size: int = _env("RAG_CHUNK_SIZE", ..., ge=50, le=20_000)
    chunk_overlap: int = _env("RAG_CHUNK_OVERLAP", ..., ge=0, le=10_000)
    citations: OnOrOff = _env("RAG_CITATIONS", ...)
    abstain_below: AbstainBelow = _env("RAG_ABSTAIN_BELOW", ...)
    reword: OnOrOff = _env("RAG_REWORD", ...)
    reword_timeout_s: float = _seconds("RAG_REWORD_TIMEOUT_S", 4)

    # Conversations.
    condense: Literal["auto", "always", "off"] = _env("RAG_CONDENSE", ...)
    condense_timeout_s: float = _seconds("RAG_CONDENSE_TIMEOUT_S", 4)
    history_tokens: int = _env("RAG_HISTORY_TOKENS", 2000, ge=0, le=1_000_000)
    suggest: int = _env("RAG_SUGGEST", 0, ge=0, le=10)
    sessions: OnOrOff = _env("RAG_SESSIONS", False)
    database_url: OptionalDatabaseAddress = _env("RAG_DATABASE_URL", None)
    session_days: int = _env("RAG_SESSION_DAYS", 30, ge=1, le=36_500)
    session_turns: int = _env("RAG_SESSION_TURNS", 500, ge=1, le=100_000)
    feedback: OnOrOff = _env("RAG_FEEDBACK", False)

    # What other clients than LangServe's get.
    citation_style: CitationStyle = _env("RAG_CITATION_STYLE", "annotations")
    frontend_tasks: Literal["auto", "header", "off"] = _env("RAG_FRONTEND_TASKS", "auto")
    public_url: OptionalAddress = _env("RAG_PUBLIC_URL", None)

    rerank_url: OptionalAddress = _env("RAG_RERANK_URL", None)
    rerank_api: RerankApi = _env("RAG_RERANK_API", "jina")
    rerank_model: OptionalText = _env("RAG_RERANK_MODEL", None)
    rerank_key: OptionalKey = _env("RAG_RERANK_KEY", None)
    rerank_timeout_s: float = _seconds("RAG_RERANK_TIMEOUT_S", 2)
    connect_timeout_s: float = _seconds("RAG_CONNECT_TIMEOUT_S", 5)
    retrieval_timeout_s: float = _seconds("RAG_RETRIEVAL_TIMEOUT_S", 8)
    first_token_timeout_s: float = _seconds("RAG_FIRST_TOKEN_TIMEOUT_S", 60)
    token_timeout_s: float = _seconds("RAG_TOKEN_TIMEOUT_S", 30)
    answer_timeout_s: float = _seconds("RAG_ANSWER_TIMEOUT_S", 600)
    retries: int = _env("RAG_RETRIES", 2, ge=0, le=10)

    host: str = _env("HOST", "127.0.0.1")
    port: int = _env("PORT", 8000, ge=0, le=65_535)
    web_concurrency: int = _env("WEB_CONCURRENCY", 1, ge=1, le=256)
    max_streams: int = _env("RAG_MAX_STREAMS", 1000, ge=1, le=1_000_000)
    # Beside those; where nothing is set, a quarter as many.
    spare_streams: int | None = _env("RAG_SPARE_STREAMS", None, ge=0, le=1_000_000)
    max_unread: int | None = _env("RAG_MAX_UNREAD", None, ge=1, le=1_000_000)
    place_timeout_s: float = _seconds("RAG_PLACE_TIMEOUT_S", 2)
    first_byte_s: float = _seconds("RAG_FIRST_BYTE_S", 10)
    head_timeout_s: float = _seconds("RAG_HEAD_TIMEOUT_S", 10)
    max_connections_per_address: int = _env(
        "RAG_MAX_CONNECTIONS_PER_ADDRESS", 1000, ge=1, le=1_000_000
    )
    allowed_hosts: AllowedHosts = _env("RAG_ALLOWED_HOSTS", None)
    trusted_proxies: Networks = _env("RAG_TRUSTED_PROXIES", None)
    body_timeout_s: float = _seconds("RAG_BODY_TIMEOUT_S", 20)
    send_timeout_s: float = _seconds("RAG_SEND_TIMEOUT_S", 60)
    drain_s: float = _env("RAG_DRAIN_S", 30.0, ge=0, le=86_400, allow_inf_nan=False)

    redis_url: OptionalRedisAddress = _env("REDIS_URL", None)
    resume_s: float = _seconds("RAG_RESUME_S", 300)
    resume_runs: int = _env("RAG_RESUME_RUNS", 1000, ge=1, le=1_000_000)
    resume_mb: int = _env("RAG_RESUME_MB", 64, ge=1, le=1_000_000)
