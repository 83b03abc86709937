"""Where an Ollama server is."""

import pytest

from rag_stream.errors import SettingsError
from rag_stream.models.langchain.ollama import ollama_url


@pytest.mark.parametrize(
    ("host", "url"),
    [
        (None, "http://127.0.0.1:11434"),
        ("", "http://127.0.0.1:11434"),
        ("box", "http://box:11434"),
        ("box:80", "http://box:80"),
        (":1234", "http://127.0.0.1:1234"),
        ("0.0.0.0", "http://127.0.0.1:11434"),  # noqa: S104 - every address
        ("[::1]:1234", "http://[::1]:1234"),
        ("box/path/", "http://box:11434/path"),
        ("https://box/ollama/", "https://box/ollama"),
    ],
)
def test_scheme_and_port_may_be_missing(host: str | None, url: str) -> None:
    assert ollama_url(host) == url


@pytest.mark.parametrize("host", ["box:abc", "::1", "[::1"])
def test_what_is_no_address_is_told(host: str) -> None:
    with pytest.raises(SettingsError, match=r"^OLLAMA_HOST: expected an address like"):
        ollama_url(host)
