"""Which requests go through a proxy of the environment."""

import pytest

from rag_stream.http.proxies import proxy_of

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, "https://api.openai.com/v1", None),
        ({"https_proxy": "http://p:1"}, "https://api.openai.com/v1", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1"}, "https://api.openai.com/v1", "http://p:1"),
        ({"https_proxy": "http://p:1"}, "http://api.openai.com/v1", None),
        ({"all_proxy": "http://p:2"}, "http://api.openai.com/v1", "http://p:2"),
        ({"all_proxy": "http://p:2", "no_proxy": "openai.com"}, "http://api.openai.com", None),
        ({"http_proxy": "http://p:1", "NO_PROXY": "*"}, "http://127.0.0.1:1", None),
    ],
)
def test_as_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str, proxy: str | None
) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_of(url) == proxy
