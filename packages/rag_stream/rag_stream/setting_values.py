"""Kinds of values that settings have, and how they are read from text."""

import math
import re
from collections.abc import Sequence
from ipaddress import ip_network
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from rag_stream import catalog


def _blank_is_unset(value: Any) -> Any:
    """Treat `NAME=` as if NAME were not there, as shells and compose files mean it."""
    return None if isinstance(value, str) and not value.strip() else value


def _on_or_off(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value not in ("on", "off"):
        raise ValueError("expected 'on' or 'off'")
    return bool(value == "on")


def _relevance(value: Any) -> Any:
    if value in ("auto", "off"):
        return value
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number <= 1:
        raise ValueError("expected 'auto', 'off' or a number from 0 to 1")
    return number


_LANGUAGE = re.compile(r"auto|[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def _language(value: Any) -> Any:
    code = value.strip().replace("_", "-") if isinstance(value, str) else ""
    if not _LANGUAGE.fullmatch(code):
        raise ValueError("expected 'auto' or the code of a language, like 'de' or 'zh-Hant'")
    return code


_HOST = re.compile(r"\*|(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*|[0-9a-f:.]+")


def _hosts(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    names = [name.strip().lower().strip("[]") for name in value.split(",") if name.strip()]
    if wrong := [name for name in names if not _HOST.fullmatch(name)]:
        raise ValueError(
            "expected names like 'docs.example.org, *.example.org' without ports, or '*': "
            f"{wrong[0]!r} is none"
        )
    return tuple(names) or None


def _networks(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        names = [str(ip_network(name.strip())) for name in value.split(",") if name.strip()]
    except ValueError as error:
        raise ValueError(
            f"expected addresses or networks like '10.0.0.7, 192.168.0.0/24': {error}"
        ) from None
    return tuple(names) or None


def _secret(value: Any) -> Any:
    """Files that hold secrets end with a line break, which no header may have."""
    if not isinstance(value, str):
        return value
    secret = value.strip()
    if not secret.isprintable():
        raise ValueError("expected one line without control characters")
    return secret or None


def header_value(value: Any) -> Any:
    """A secret that goes into a header. Raises ValueError."""
    secret = _secret(value)
    if isinstance(secret, str) and not secret.isascii():
        raise ValueError("expected ASCII characters only; quotation marks may have come along")
    return secret


def _http_address(value: str | None) -> str | None:
    if value is None:
        return None
    if not value.startswith(("http://", "https://")):
        raise ValueError("expected an address that starts with http:// or https://")
    try:
        url = urlsplit(value)
        has_host = bool(url.hostname) and url.port != 0
    except ValueError:  # of the host or the port
        has_host = False
    if not has_host:
        raise ValueError("expected an address with a host, and no port or a number for it")
    return value


def _redis_address(value: SecretStr | None) -> SecretStr | None:
    schemes = ("redis://", "rediss://", "unix://")
    if value is not None and not value.get_secret_value().startswith(schemes):
        raise ValueError(f"expected an address that starts with one of {', '.join(schemes)}")
    return value


_DATABASES = ("sqlite", "postgresql")


def _database_address(value: SecretStr | None) -> SecretStr | None:
    if value is None:
        return None
    scheme, separator, _ = value.get_secret_value().partition("://")
    if not separator or scheme.partition("+")[0] not in _DATABASES:
        raise ValueError(
            "expected an address like 'sqlite:///data/sessions.db' or 'postgresql://host/name'"
        )
    return value


OptionalText = Annotated[str | None, BeforeValidator(_blank_is_unset)]
OptionalAddress = Annotated[OptionalText, AfterValidator(_http_address)]
OptionalSecret = Annotated[SecretStr | None, BeforeValidator(_secret)]
OptionalKey = Annotated[SecretStr | None, BeforeValidator(header_value)]
OptionalRedisAddress = Annotated[OptionalSecret, AfterValidator(_redis_address)]
OptionalDatabaseAddress = Annotated[OptionalSecret, AfterValidator(_database_address)]
OnOrOff = Annotated[bool, BeforeValidator(_on_or_off)]
AllowedHosts = Annotated[tuple[str, ...] | None, NoDecode, BeforeValidator(_hosts)]
Networks = Annotated[tuple[str, ...] | None, NoDecode, BeforeValidator(_networks)]
AbstainBelow = Annotated[Literal["auto", "off"] | float, BeforeValidator(_relevance)]
Language = Annotated[str, BeforeValidator(_language)]


def is_model(name: str, local: Sequence[str], providers: Sequence[str]) -> bool:
    """Whether a model may be called so: one of ours, or any of one of these providers."""
    provider, bare = catalog.split(name)
    return name in local or (provider in providers and bool(bare))


def model_name(value: str, local: Sequence[str], providers: Sequence[str]) -> str:
    """The value of a setting that names a model. Raises ValueError."""
    name = value.strip()
    if value == "auto" or is_model(name, local, providers):
        return name
    raise ValueError(
        f"expected 'auto', {', '.join(map(repr, local))} or '<provider>:<model name>' with one of "
        f"the providers {', '.join(providers)}"
    )
