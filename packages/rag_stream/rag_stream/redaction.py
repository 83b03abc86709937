"""Our keys in what others wrote: a server that refuses one may repeat it, in any form. Pure.

A model's, index's or reranker's error goes to the log; of our keys it holds stars.
"""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from pydantic import SecretStr

from rag_stream.settings import Settings

STARS = "***"
_LEAST = 8
"""Characters of a key that is one wherever it stands; a shorter one may be any word, and is
taken for a key only where one is expected."""
_HEAD = 12
"""Characters that a long key is known by: a message may be cut in the middle of one."""
_SECRET_NAME = re.compile(
    r"key|token|secret|passw|pwd|auth|credential|cookie|signature|^sig$|^code$", re.IGNORECASE
)
_EXPECTED = (
    r"(?:bearer|basic|key|token|secret|passw(?:or)?d|pwd|auth\w*)[\w-]{0,12}[\s\"'\\=:]{1,6}"
)
_RAW_PASSWORD = re.compile(r"[\w+]+://[^:@/]*:([^@]+)@")
"""As it may stand in an address of a database with signs that have a meaning there, `a/b#c`."""
_MOST_DEPTH = 8
_WITH_NAMES = ("postgresql", "redis", "sqlite")
"""Schemes whose addresses have a user before the host, who is no secret."""


class Redactor:
    """Puts stars for some secrets in texts, however they are written there."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # Of a variable that is not UTF-8 as much as can stand in a text.
        texts = (secret.encode("utf-8", "ignore").decode() for secret in secrets)
        known = {text for text in texts if text}
        long = {form for secret in known if len(secret) >= _LEAST for form in _forms(secret)}
        short = {form for secret in known if len(secret) < _LEAST for form in _written(secret)}
        parts = [_long(form) for form in sorted(long, key=len, reverse=True)]
        if short:
            any_short = "|".join(map(re.escape, sorted(short, key=len, reverse=True)))
            parts.append(rf"(?<=[:/])(?:{any_short})(?=@)|(?P<before>{_EXPECTED})(?:{any_short})\b")
        # Looked for first, at a fiftieth of the pattern's cost: there is hardly ever one.
        self._heads = {form[:_HEAD].lower() for form in (*long, *short)}
        self._pattern = re.compile("|".join(parts), re.IGNORECASE) if parts else None

    def __call__(self, text: str) -> str:
        """The text without the secrets."""
        if self._pattern is None:
            return text
        low = text.lower()
        if not any(head in low for head in self._heads):
            return text
        return self._pattern.sub(_stars, text)


def _stars(found: re.Match[str]) -> str:
    before = found.groupdict().get("before") or ""
    return f"{before}{STARS}"


def _long(form: str) -> str:
    if len(form) <= _HEAD:
        return re.escape(form)
    # All of it, blanks too, or what is left of one that was cut.
    return rf"(?:{re.escape(form)}|{re.escape(form[:_HEAD])}[\w.~+/=%-]*)"


def _forms(secret: str) -> Iterator[str]:
    """A secret as texts have it."""
    yield from _written(secret)
    data = secret.encode()
    for before in range(3):  # as a part of something longer, like `user:password`
        packed = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        start = (0, 2, 3)[before]
        whole = packed[start : len(packed) - 1 if (before + len(data)) % 3 else len(packed)]
        if len(whole) >= _LEAST:
            yield from (whole, whole.translate(_URL_SAFE))
    yield data.hex()


_URL_SAFE = str.maketrans("+/", "-_")


def _written(secret: str) -> set[str]:
    percent = quote(secret, safe="")
    return {
        secret,
        percent,
        quote(secret),
        quote_plus(secret),
        quote(percent, safe=""),
        json.dumps(secret)[1:-1],
        json.dumps(secret).replace("/", "\\/")[1:-1],
        json.dumps(json.dumps(secret)[1:-1])[1:-1],
        repr(secret)[1:-1],
        html.escape(secret),
        " ".join(secret.split()),
    }


def secrets_of(settings: Settings) -> set[str]:
    """Every secret in the settings: keys, and what addresses and parameters hold of them."""
    found: set[str] = set()
    for name in type(settings).model_fields:
        found.update(_secrets(name, getattr(settings, name)))
    for variable, value in settings.of_providers.items():
        found.update(_secrets(variable, value))
    return found


def _secrets(name: str, value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, SecretStr):
        text = value.get_secret_value()
        yield from _of_address(text) if "://" in text else (text,)
    elif isinstance(value, str):
        if "://" in value:
            yield from _of_address(value)
        elif _SECRET_NAME.search(name):
            yield value.rpartition(" ")[2]  # of `Bearer KEY` the key
    elif isinstance(value, Mapping) and depth < _MOST_DEPTH:
        for key, inner in value.items():
            yield from _secrets(str(key), inner, depth + 1)
    elif isinstance(value, list | tuple) and depth < _MOST_DEPTH:
        for inner in value:
            yield from _secrets(name, inner, depth + 1)


def _of_address(address: str) -> Iterator[str]:
    if raw := _RAW_PASSWORD.match(address):
        yield from (raw[1], unquote(raw[1]))
    try:
        url = urlsplit(address)
        password = url.password
    except ValueError:
        return
    if password:
        yield from (password, unquote(password))
    elif not url.scheme.startswith(_WITH_NAMES) and url.username and url.hostname != url.username:
        yield from (url.username, unquote(url.username))  # `https://KEY@host`
    for name, value in parse_qsl(url.query):
        if _SECRET_NAME.search(name):
            yield value
