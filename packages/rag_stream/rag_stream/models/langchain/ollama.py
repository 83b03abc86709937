"""Where an Ollama server is, and whether it has the models."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from rag_stream.errors import SettingsError
from rag_stream.excerpts import shown

DEFAULT_HOST = "127.0.0.1:11434"
_PORT = 11434
_TIMEOUT_S = 5.0


def ollama_url(host: str | None) -> str:
    """The address that OLLAMA_HOST means: scheme and port may be missing."""
    host = (host or DEFAULT_HOST).strip().rstrip("/")
    if "://" in host:
        return host
    try:
        url = urlsplit(f"http://{host}")
        port = url.port or _PORT
    except ValueError as error:
        raise SettingsError(
            f"OLLAMA_HOST: expected an address like '{DEFAULT_HOST}', got {shown(host)}"
        ) from error
    # A server that listens on every address is asked here.
    name = url.hostname if url.hostname not in (None, "0.0.0.0") else "127.0.0.1"  # noqa: S104
    written = f"[{name}]" if name and ":" in name else name
    return f"http://{written}:{port}{url.path}"


async def ollama_obstacle(model: str, url: str, given: Mapping[str, Any]) -> str | None:
    """Why a model cannot be used now; asks for the list of models, which costs nothing.

    `given`: the user's parameters of the model.
    """
    options = given.get("client_kwargs") or {}
    url = ollama_url(str(given.get("base_url") or url))
    try:
        async with httpx.AsyncClient(
            timeout=_TIMEOUT_S, headers=options.get("headers"), verify=options.get("verify", True)
        ) as http:
            answer = await http.get(f"{url}/api/tags")
    except (httpx.HTTPError, httpx.InvalidURL):
        return "the Ollama server does not answer (OLLAMA_HOST)"
    if answer.status_code in (401, 403):
        return "the Ollama server refused the service's credentials"
    if answer.status_code >= 500:
        return f"the Ollama server failed (status {answer.status_code})"
    if answer.is_error:
        return None  # a server that speaks Ollama's API without a list of models
    names = _names(answer)
    if names is None:
        return "what answers is no Ollama server (OLLAMA_HOST)"
    if not any(model == name or name == f"{model}:latest" for name in names):
        return f"the Ollama server has no model {model!r}: `ollama pull` fetches it"
    return None


def _names(answer: httpx.Response) -> list[str] | None:
    try:
        return [str(model["name"]) for model in answer.json()["models"]]
    except (ValueError, TypeError, KeyError):
        return None
