"""One source to one document: its text, where it came from and what it is called."""

import asyncio
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import httpx
from langchain_core.documents import Document

from ingest.sources.decode import decode
from ingest.sources.discover import FileSource, Source, WebSource, web_source
from ingest.sources.fetch import LIMITS, Fetched, Limits, fetch
from ingest.sources.html import Extract, declared_charset, extract_page
from ingest.sources.plain_text import extract_markdown, extract_plain
from rag_stream.errors import SourceError

_KIND_BY_SUFFIX = {".html": "html", ".htm": "html", ".md": "markdown", ".txt": "plain"}
_KIND_BY_MEDIA_TYPE = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/plain": "plain",
}
# What servers say of files they do not know; then the address decides.
_UNSPECIFIC = {None, "text/plain", "application/octet-stream", "binary/octet-stream"}


class Reader:
    """Reads sources over one HTTP client. Safe to share between concurrent reads."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        css_classes: Sequence[str] | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self._client = client
        self._css_classes = css_classes
        self._limits = limits

    async def fetch(self, url: str) -> Fetched:
        """Get one address, as `find_in_sitemap` wants it."""
        return await self._fetch(web_source(url))

    async def read(self, source: Source) -> Document:
        """The text of `source` with metadata `source` and `title`.

        Raises SourceError naming the source and the reason in plain words.
        """
        if isinstance(source, WebSource):
            fetched = await self._fetch(source)
            kind = _kind(fetched, source.name)
            body, charset = fetched.body, fetched.charset
            fallback_title = source.name
        else:
            body = await asyncio.to_thread(_read_file, source, self._limits.max_bytes)
            kind, charset = _KIND_BY_SUFFIX[source.path.suffix.lower()], None
            fallback_title = source.path.name
        # Parsing takes up to seconds of CPU for one big page.
        extract = await asyncio.to_thread(
            _extract, body, kind, charset, source.name, self._css_classes
        )
        title = extract.title or fallback_title
        return Document(page_content=extract.text, metadata={"source": source.name, "title": title})

    async def _fetch(self, source: WebSource) -> Fetched:
        return await fetch(self._client, source.url, name=source.name, limits=self._limits)


def _kind(fetched: Fetched, name: str) -> str:
    suffix = PurePosixPath(urlsplit(fetched.url).path).suffix.lower()
    if fetched.media_type in _UNSPECIFIC and suffix in _KIND_BY_SUFFIX:
        return _KIND_BY_SUFFIX[suffix]
    if fetched.media_type is None:
        return "html"
    try:
        return _KIND_BY_MEDIA_TYPE[fetched.media_type]
    except KeyError:
        raise SourceError(
            f"{name}: expected a web page or text, got content type {fetched.media_type!r}"
        ) from None


def _read_file(source: FileSource, max_bytes: int) -> bytes:
    try:
        with Path(source.path).open("rb") as file:
            body = file.read(max_bytes + 1)
    except FileNotFoundError:
        raise SourceError(f"{source.name}: does not exist") from None
    except PermissionError:
        raise SourceError(f"{source.name}: no permission to read it") from None
    except OSError as error:
        raise SourceError(f"{source.name}: cannot be read") from error
    if len(body) > max_bytes:
        raise SourceError(f"{source.name}: bigger than the limit of {max_bytes:,} bytes")
    return body


def _extract(
    body: bytes,
    kind: str,
    charset: str | None,
    name: str,
    css_classes: Sequence[str] | None,
) -> Extract:
    declared = [charset, declared_charset(body)] if kind == "html" else [charset]
    text = decode(body, declared)
    if text is None:
        raise SourceError(f"{name}: expected text, got bytes that are not text")
    if kind == "html":
        extract = extract_page(text, css_classes)
    elif kind == "markdown":
        extract = extract_markdown(text)
    else:
        extract = extract_plain(text)
    if not extract.text.strip():
        why = " (a page that scripts draw has none)" if kind == "html" else ""
        raise SourceError(f"{name}: no text found in it{why}")
    return extract
