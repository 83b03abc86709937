"""Addresses and names of hosts: of proxies, of servers, of Redis."""

import pytest

from rag_stream.errors import SettingsError
from rag_stream.settings import load_settings


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


def test_allowed_hosts_are_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().allowed_hosts is None
    monkeypatch.setenv("RAG_ALLOWED_HOSTS", " Docs.example.org, *.example.net,[2001:db8::7],")
    assert load_settings().allowed_hosts == ("docs.example.org", "*.example.net", "2001:db8::7")


@pytest.mark.parametrize("value", ["https://a.org", "a.org:8000", "a b", "a.*", "a/b"])
def test_what_is_no_name_of_a_host_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("RAG_ALLOWED_HOSTS", value)
    with pytest.raises(SettingsError, match="RAG_ALLOWED_HOSTS: "):
        load_settings()


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "RAG_CHROMA_URL", "RAG_RERANK_URL"])
@pytest.mark.parametrize("url", ["http://[", "http://", "https://host:abc", "http://host:99999"])
def test_an_address_that_is_none_is_named(
    name: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, url)
    with pytest.raises(SettingsError, match=rf"^{name}: expected an address with a host"):
        load_settings()
