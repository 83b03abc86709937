"""What the environment says to other providers than OpenAI: their keys and their parameters."""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from dotenv import dotenv_values
from pydantic import BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from rag_stream import catalog
from rag_stream.errors import SettingsError
from rag_stream.setting_values import header_value


def _json_object(value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, Mapping):
        # What was got is not shown: a key may be in it.
        raise ValueError('expected a JSON object, like {"top_p": 0.9}')
    return dict(value)


JsonObject = Annotated[dict[str, Any], NoDecode, BeforeValidator(_json_object)]


class ProviderVariables:
    """The providers' variables, by their own names, from the environment or else a file.

    Their packages read the environment only, and not `.env`.
    """

    def __init__(self, dotenv: str) -> None:
        found = {**dotenv_values(dotenv), **os.environ}
        names = {name for provider in catalog.INTEGRATIONS for name in catalog.variables(provider)}
        self._values = {
            name: SecretStr(value) for name in names if (value := (found.get(name) or "").strip())
        }

    def get(self, variable: str) -> str | None:
        """The value of a variable, where it is set. Raises SettingsError for a key that is none."""
        secret = self._values.get(variable)
        if secret is None:
            return None
        value = secret.get_secret_value()
        if variable.endswith(("_KEY", "_TOKEN")):
            try:
                header_value(value)
            except ValueError as error:
                raise SettingsError(f"{variable}: {error}") from None
        return value

    def items(self) -> Iterator[tuple[str, str | SecretStr]]:
        """All that are set, secrets as such."""
        for name, secret in self._values.items():
            is_secret = name.endswith(("_KEY", "_TOKEN"))
            yield name, secret if is_secret else secret.get_secret_value()

    def missing(self, provider: str, given: Mapping[str, Any]) -> catalog.Variables:
        """What a provider needs and has not: groups of variables, of each of which one will do.

        `given`: RAG_MODEL_KWARGS or RAG_EMBEDDINGS_KWARGS, which may say the same.
        """
        known = catalog.INTEGRATIONS.get(provider)
        return tuple(
            group
            for group in (known.needs if known else ())
            if not any(
                name in self._values or given.keys() & {*catalog.keywords(name)} for name in group
            )
        )
