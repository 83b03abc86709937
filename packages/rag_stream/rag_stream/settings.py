"""The one place where the environment is read.

`Settings` is frozen and built once at an edge (the app, the ingest command,
`python -m rag_stream`), then passed on; nothing below reads `os.environ`. The list of them is in
`setting_fields.py`.
"""

import os
from difflib import get_close_matches
from typing import Any, Self

from pydantic import AliasChoices, PrivateAttr, ValidationError, field_validator, model_validator

from rag_stream import catalog
from rag_stream.errors import SettingsError
from rag_stream.profiles import PROFILES
from rag_stream.provider_variables import ProviderVariables
from rag_stream.setting_complaints import complaints
from rag_stream.setting_fields import DOTENV, SettingFields
from rag_stream.setting_values import model_name

DEFAULT_OPENAI_CHAT = "openai:gpt-4o-mini"
DEFAULT_OPENAI_EMBEDDINGS = "openai:text-embedding-3-small"
LOCAL_CHAT = "local:extractive"
LOCAL_EMBEDDINGS = "local:all-MiniLM-L6-v2"
LOCAL_MULTILINGUAL = "local:multilingual-e5-small"
LOCAL_EMBEDDING_MODELS = (LOCAL_EMBEDDINGS, LOCAL_MULTILINGUAL)
NEW_INDEX_EMBEDDINGS = LOCAL_EMBEDDINGS
"""What a new index is made with where nothing is set, there is no key, and no document is known to
be in another language than English."""


class Settings(SettingFields):
    """Every setting of the service, from the environment or a `.env` file."""

    _of_providers: ProviderVariables = PrivateAttr(
        default_factory=lambda: ProviderVariables(DOTENV)
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
