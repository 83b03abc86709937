"""Our keys are found in any form that a text may have them in, and nothing else is touched."""

import base64
import json
import urllib.parse

import pytest

from rag_stream.redaction import Redactor, secrets_of
from rag_stream.settings import load_settings

KEY = 'k9/Zp+"q=7 \\xW&m<2>Lt'


@pytest.mark.parametrize(
    "form",
    [
        KEY,
        KEY.upper(),
        urllib.parse.quote(KEY),
        urllib.parse.quote(KEY, safe=""),
        urllib.parse.quote(KEY, safe="").lower(),
        urllib.parse.quote_plus(KEY),
        urllib.parse.quote(urllib.parse.quote(KEY, safe=""), safe=""),
        json.dumps(KEY)[1:-1],
        json.dumps(KEY).replace("/", "\\/")[1:-1],
        json.dumps(json.dumps(KEY))[3:-3],
        repr(KEY)[1:-1],
        repr(KEY.encode())[2:-1],
        "k9/Zp+&quot;q=7 \\xW&amp;m&lt;2&gt;Lt",
        KEY.encode().hex(),
        *(
            packed(before + KEY.encode() + after).decode()
            for packed in (base64.b64encode, base64.urlsafe_b64encode)
            for before in (b"", b":", b"ab", b"user:", b"x" * 9)
            for after in (b"", b":", b"--", b"and more")
        ),
    ],
)
def test_a_form_of_a_key_leaves_nothing_of_it(form: str) -> None:
    shown = Redactor([KEY])(f"refused: {form} (again {form})")
    assert shown.startswith("refused: ")
    assert shown.count("***") == 2
    middle = len(form) // 2  # of a packed one what stood beside the key remains
    assert form[middle - 5 : middle + 5] not in shown


def test_a_key_that_was_cut_is_one() -> None:
    redact = Redactor(["sk-proj-AbCdEfGhIjKlMnOp"])
    assert redact("wrong key 'sk-proj-AbCdEf...'") == "wrong key '***'"
    assert redact("wrong key sk-proj-AbCdEfGhI") == "wrong key ***"
    assert redact("wrong key sk-proj-other") == "wrong key sk-proj-other"


@pytest.mark.parametrize("key", ["a", "none", "test", "e", "rag"])
def test_a_short_key_is_one_only_where_a_key_is_expected(key: str) -> None:
    text = f"a test of the rag service: nothing, none, e.g. {key}s"
    redact = Redactor([key])
    assert redact(text) == text
    assert redact(f"Authorization: Bearer {key}") == "Authorization: Bearer ***"
    assert redact(f'{{"api_key": "{key}"}}') == '{"api_key": "***"}'
    assert redact(f"redis://:{key}@host/0") == "redis://:***@host/0"


def test_without_secrets_nothing_is_touched() -> None:
    assert Redactor([])("anything") == Redactor([""])("anything") == "anything"


def test_the_secrets_are_all_that_settings_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "anthropic-key-1")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "https://proxy:provider-pass@host/")
    settings = load_settings(
        openai_api_key="openai-key-1",
        openai_base_url="https://u:pass%20word@host/v1?api-version=3&sig=signature1",
        chroma_url="https://only-a-token@host",
        chroma_token="chroma-token-1",
        rerank_url="https://h/rerank?access_token=in-query-1&model=m",
        rerank_key="rerank-key-1",
        redis_url="rediss://user:redis-pass-1@host:1/0",
        model_kwargs={
            "top_p": 0.5,
            "model": "named",
            "default_headers": {"Authorization": "Bearer header-key-1", "X-Api-Key": "x-key-1"},
            "extra": [{"password": "nested-pass-1"}],
        },
    )
    assert secrets_of(settings) == {
        *("anthropic-key-1", "provider-pass", "openai-key-1", "pass%20word", "pass word"),
        *("signature1", "only-a-token", "chroma-token-1", "in-query-1", "rerank-key-1"),
        *("redis-pass-1", "header-key-1", "x-key-1", "nested-pass-1"),
    }


def test_of_settings_without_any_there_are_none() -> None:
    assert secrets_of(load_settings()) == set()


def test_a_secret_that_is_not_utf_8_keeps_nobody_from_starting() -> None:
    redact = Redactor(["sk-a-long-secret\udcff", "\udcff\udcfe"])
    assert redact("got sk-a-long-secret here") == "got *** here"


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        ("postgresql://somebody:pass%2Fword@host/name", {"pass%2Fword", "pass/word"}),
        ("postgresql://me:a/b#c?d@host/name", {"a/b#c?d"}),
        ("postgresql://me:br[acket@host/name", {"br[acket"}),
        ("postgresql://somebody@host/name", set()),
        ("sqlite:///data/own.db", set()),
    ],
)
def test_of_a_databases_address_the_password_is_secret(address: str, secrets: set[str]) -> None:
    found = secrets_of(load_settings(database_url=address))
    assert secrets <= found
    assert bool(found) == bool(secrets)
