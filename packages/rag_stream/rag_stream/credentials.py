"""Asking a person at the terminal for a key that is missing."""

import os
import sys
from contextlib import suppress
from getpass import getpass

from rag_stream import catalog
from rag_stream.settings import Settings, load_settings


def settings_with_key() -> Settings:
    """The settings; a provider's missing key is asked for where somebody can type it.

    Raises SettingsError. Elsewhere the key stays unset, and using it says so.
    """
    settings = load_settings()
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return settings
    if settings.needs_openai_key and (key := _typed("Enter API key for OpenAI: ")):
        settings = load_settings(openai_api_key=key)
    for variable in _missing_keys(settings):
        if key := _typed(f"Enter {variable}: "):
            # Where the settings look for it: also those that worker processes read.
            os.environ[variable] = key
            settings = load_settings(openai_api_key=settings.openai_api_key)
    return settings


def _missing_keys(settings: Settings) -> dict[str, None]:
    """The variables of keys of other providers, each once."""
    asked = (
        (settings.chat_model_name, settings.model_kwargs),
        (settings.embeddings_name, settings.embeddings_kwargs),
    )
    groups = [
        group
        for name, given in asked
        for group in settings.of_providers.missing(catalog.split(name)[0], given)
    ]
    return {group[0]: None for group in groups if group[0].endswith("_KEY")}


def _typed(prompt: str) -> str:
    with suppress(EOFError):  # Ctrl-D: no key
        return getpass(prompt, stream=sys.stderr).strip()
    return ""
