"""Asking a person at the terminal for a key that is missing."""

import sys
from contextlib import suppress
from getpass import getpass

from rag_stream.settings import Settings, load_settings


def settings_with_key() -> Settings:
    """The settings; a missing OPENAI_API_KEY is asked for where somebody can type it.

    Raises SettingsError. Elsewhere the key stays unset, and using it says so.
    """
    settings = load_settings()
    if settings.needs_openai_key and sys.stdin.isatty() and sys.stderr.isatty():
        key = ""
        with suppress(EOFError):  # Ctrl-D: no key
            key = getpass("Enter API key for OpenAI: ", stream=sys.stderr).strip()
        if key:
            return load_settings(openai_api_key=key)
    return settings
