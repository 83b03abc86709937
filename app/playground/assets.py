"""LangServe's playground pages, prepared once and cached by browsers.

LangServe itself computes three schemas and reads a template of 1.3 MB for each request.
"""

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from langchain_core.runnables import Runnable
from langserve.playground import PlaygroundTemplate, _get_mimetype
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.request_headers import tags_in

FRAMELESS = {
    "content-security-policy": "frame-ancestors 'none'",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
}
"""Of pages: what is shown inside another's page can be clicked without its reader's knowing."""
_TEMPLATED = ("text/html", "text/css", "application/javascript")

Kind = Literal["default", "chat"]
"""As LangServe's `playground_type` has it."""
_FOLDERS: dict[Kind, str] = {"default": "playground", "chat": "chat_playground"}


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    media_type: str | None
    etag: str


class Playground:
    """A page's files, with this chain's schemas and address filled in."""

    def __init__(
        self,
        runnable: Runnable[Any, Any],
        base_url: str,
        *,
        kind: Kind = "default",
        output_schema: dict[str, Any] | None = None,
    ) -> None:
        """`output_schema`: what the page is to take the output for, if not for what it is."""
        self._runnable = runnable
        self._base_url = base_url
        self._folder = files("langserve") / _FOLDERS[kind] / "dist"
        self._output_schema = output_schema
        self._names: frozenset[str] | None = None
        self._assets: dict[tuple[str, str], _Asset] = {}

    def respond(self, path: str, request: Request) -> Response:
        """One file of the page; 304 where the browser has it. Raises HTTPException for others."""
        name = path or "index.html"
        if name not in self._known_names():
            raise HTTPException(404)
        root = str(request.scope.get("root_path", "")).rstrip("/")
        asset = self._assets.get((root, name))
        if asset is None:
            asset = self._assets[root, name] = self._prepare(root, name)
        # Names under assets/ hold a hash of the build, but the content also depends on the
        # chain's schemas and the mount: browsers ask, and are mostly told 304.
        headers = {"etag": asset.etag, "cache-control": "no-cache", **FRAMELESS}
        if asset.etag in tags_in(request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        return Response(asset.body, headers=headers, media_type=asset.media_type)

    def _known_names(self) -> frozenset[str]:
        if self._names is None:
            root: Any = self._folder
            self._names = frozenset(
                str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()
            )
        return self._names

    def _prepare(self, root: str, name: str) -> _Asset:
        raw = (self._folder / name).read_bytes()
        media_type = _get_mimetype(name)
        if media_type in _TEMPLATED:
            page = f"{root}{self._base_url}/playground".removeprefix("/")
            schemas: dict[str, Any] = {
                "LANGSERVE_CONFIG_SCHEMA": self._runnable.config_schema(
                    include=()
                ).model_json_schema(),
                "LANGSERVE_INPUT_SCHEMA": self._runnable.get_input_jsonschema(),
                "LANGSERVE_OUTPUT_SCHEMA": self._output_schema
                or self._runnable.get_output_jsonschema(),
            }
            raw = (
                PlaygroundTemplate(raw.decode())
                .substitute(
                    LANGSERVE_BASE_URL=page,
                    LANGSERVE_FEEDBACK_ENABLED='"false"',
                    LANGSERVE_PUBLIC_TRACE_LINK_ENABLED='"false"',
                    **{key: json.dumps(schema) for key, schema in schemas.items()},
                )
                .encode()
            )
        etag = f'"{hashlib.sha256(raw).hexdigest()[:20]}"'
        return _Asset(raw, media_type, etag)
