"""The one place where the environment is read.

`Settings` is frozen and built once at an edge (the app, the ingest command,
`python -m rag_stream`), then passed on; nothing below reads `os.environ`.
"""

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import (
    AliasChoices,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag_stream import catalog
from rag_stream.errors import SettingsError
from rag_stream.profiles import MAX_CONTEXT_CHARS, MAX_K, PROFILES, Profile, SearchType
from rag_stream.provider_variables import JsonObject, ProviderVariables
from rag_stream.setting_complaints import complaints
from rag_stream.setting_values import (
    AbstainBelow,
    AllowedHosts,
    Language,
    Networks,
    OnOrOff,
    OptionalAddress,
    OptionalKey,
    OptionalRedisAddress,
    OptionalText,
    model_name,
)

DEFAULT_OPENAI_CHAT = "openai:gpt-4o-mini"
DEFAULT_OPENAI_EMBEDDINGS = "openai:text-embedding-3-small"
LOCAL_CHAT = "local:extractive"
LOCAL_EMBEDDINGS = "local:all-MiniLM-L6-v2"
LOCAL_MULTILINGUAL = "local:multilingual-e5-small"
LOCAL_EMBEDDING_MODELS = (LOCAL_EMBEDDINGS, LOCAL_MULTILINGUAL)
NEW_INDEX_EMBEDDINGS = LOCAL_EMBEDDINGS
"""What a new index is made with where nothing is set, there is no key, and no document is known to
be in another language than English."""

_DOTENV = ".env"

RerankApi = Literal["cohere", "jina", "voyage", "tei"]


def _env(name: str, default: Any, **rules: Any) -> Any:
    return Field(default=default, validation_alias=AliasChoices(name), **rules)


def _seconds(name: str, default: float) -> Any:
    return _env(name, float(default), gt=0, le=86_400, allow_inf_nan=False)


class Settings(BaseSettings):
    """Every setting of the service, from the environment or a `.env` file.

    Sizes are in characters of English (`text/weight.py`), times in seconds. Field names are
    for code; users see the variable names.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_file=_DOTENV, env_ignore_empty=True
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

    _of_providers: ProviderVariables = PrivateAttr(
        default_factory=lambda: ProviderVariables(_DOTENV)
    )

    @model_validator(mode="before")
    @classmethod
    def _as_the_profile_has_it(cls, values: dict[str, Any]) -> dict[str, Any]:
        profile = values.get("RAG_PROFILE", "default")
        defaults = PROFILES.get(profile, PROFILES["default"])
        return {_variable(name): value for name, value in defaults.items()} | values

    @field_validator("chat_model")
    @classmethod
    def _known_chat_model(cls, value: str) -> str:
        return model_name(value, (LOCAL_CHAT,), catalog.CHAT_PROVIDERS)

    @field_validator("embeddings")
    @classmethod
    def _known_embeddings(cls, value: str) -> str:
        return model_name(value, LOCAL_EMBEDDING_MODELS, catalog.EMBEDDING_PROVIDERS)

    @model_validator(mode="after")
    def _overlap_below_size(self) -> Self:
        if self.chunk_overlap >= self.chunk_size:
            raise ValueError(
                "RAG_CHUNK_OVERLAP: expected less than RAG_CHUNK_SIZE "
                f"({self.chunk_size}), got {self.chunk_overlap}"
            )
        return self

    @model_validator(mode="after")
    def _fewer_beside_than_places(self) -> Self:
        beside = {"RAG_SPARE_STREAMS": self.spare_streams, "RAG_MAX_UNREAD": self.max_unread}
        for name, value in beside.items():
            if value is not None and value > self.max_streams:
                raise ValueError(
                    f"{name}: expected no more than RAG_MAX_STREAMS ({self.max_streams}), "
                    f"got {value}"
                )
        return self

    @property
    def chat_model_name(self) -> str:
        """The chat model with `auto` resolved, as `provider:name`."""
        if self.chat_model != "auto":
            return self.chat_model
        return DEFAULT_OPENAI_CHAT if self.openai_api_key else LOCAL_CHAT

    @property
    def embeddings_name(self) -> str:
        """The embedding model that is set, as `provider:name`; with `auto`, that of a new index.

        An index that is there has a model already: see `models/embedders.py`.
        """
        if self.embeddings != "auto":
            return self.embeddings
        return DEFAULT_OPENAI_EMBEDDINGS if self.openai_api_key else NEW_INDEX_EMBEDDINGS

    @property
    def needs_openai_key(self) -> bool:
        """Whether a model was named that cannot be reached without OPENAI_API_KEY.

        A server named by OPENAI_BASE_URL (vLLM, Ollama, llama.cpp) may need none.
        """
        names = self.chat_model_name, self.embeddings_name
        asked = any(catalog.split(name)[0] == catalog.OPENAI for name in names)
        return asked and self.openai_api_key is None and self.openai_base_url is None

    @property
    def of_providers(self) -> ProviderVariables:
        """The variables of other providers, like ANTHROPIC_API_KEY."""
        return self._of_providers


def load_settings(**overrides: Any) -> Settings:
    """Read the environment and `.env`; raise SettingsError naming every bad variable.

    `overrides` are by field name and win over the environment.
    """
    by_alias = {_variable(name): value for name, value in overrides.items()}
    try:
        return Settings(**by_alias)
    except ValidationError as error:
        raise SettingsError("\n".join(complaints(error))) from None


def unknown_variables() -> list[str]:
    """One line for each RAG_* variable that no setting reads: a likely typing mistake."""
    known = {_variable(name) for name in Settings.model_fields}
    lines = []
    for name in sorted(os.environ):
        if name.startswith("RAG_") and name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            lines.append(f"{name} is set but is no setting of rag-stream{hint}")
    return lines


def _variable(field: str) -> str:
    alias = Settings.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else field.upper()
