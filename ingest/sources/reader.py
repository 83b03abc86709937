"""One source to one document: its text, where it came from and what it is called."""

import asyncio
import os
import stat
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from langchain_core.documents import Document

from ingest.sources.canonical import declared
from ingest.sources.discover import FileSource, Source, WebSource
from ingest.sources.ends import Ends
from ingest.sources.extract import extract, is_simple
from ingest.sources.extracted import Extracted
from ingest.sources.fetch import Client, Fetched, TooBigError, fetch
from ingest.sources.folder import is_within
from ingest.sources.kinds import KIND_BY_SUFFIX, Kind, kind_of
from ingest.sources.limits import LIMITS, Limits
from ingest.sources.parser import Parser
from rag_stream.errors import SourceError

READ_AHEAD_BYTES = 2_000_000
"""What is bigger is read when its turn has come: several at once would fill the memory."""

_KIND_BY_MEDIA_TYPE: dict[str, Kind] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/mdx": "mdx",
    "text/x-rst": "rst",
    "text/prs.fallenstein.rst": "rst",
    "text/x-org": "org",
    "text/org": "org",
    "application/x-ipynb+json": "notebook",
    "text/plain": "plain",
}
# What servers say of files they do not know; then the address decides.
_UNSPECIFIC = {
    None,
    "text/plain",
    "application/json",
    "application/octet-stream",
    "binary/octet-stream",
}


_KEPT_BYTES = 20_000_000
"""Of pages that were looked at before their turn to be read; others are fetched again."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A source's bytes, their kind, and the encoding that their server called them.

    `address`: of a page, where it was at last; `said`: what it calls itself.
    """

    body: bytes
    kind: Kind
    charset: str | None = None
    address: str = ""
    said: str | None = None


class Reader:
    """Reads sources over one HTTP client and one parser. Safe to share between reads."""

    def __init__(
        self,
        client: Client,
        parser: Parser,
        css_classes: Sequence[str] | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self.addresses: dict[str, tuple[str, str | None]] = {}
        """Of pages that were read, by name: where each was at last, and what it calls itself."""
        self._client = client
        self._parser = parser
        self._css_classes = css_classes
        self._limits = limits
        self.tell: Callable[[str], None] = lambda line: None
        """Is told what is worth knowing of a source and no problem."""
        self.includes: dict[str, tuple[str, ...]] = {}
        """Of sources read so far those whose text includes files, with the names of these."""
        self.notes: dict[str, str] = {}
        """What was told of sources read so far."""
        self.repeats: Callable[[Source, str], Collection[str]] = lambda source, address: ()
        """What is taken out of a page's ends, by its source and the address it was found at."""
        self._kept: dict[str, Loaded | SourceError] = {}
        self._room = _KEPT_BYTES

    async def fetch(self, source: WebSource) -> Fetched:
        """Get one address, as `find_in_sitemap` wants it."""
        return await self._fetch(source, self._limits)

    async def read(self, source: Source, turn: asyncio.Event | None = None) -> Document:
        """The text of `source` with metadata `source`, `title` and what it says of itself.

        Waits for `turn` and raises as `load` does.
        """
        return await self.document(source, await self.load(source, turn))

    async def load(self, source: Source, turn: asyncio.Event | None = None) -> Loaded:
        """The bytes of `source` and what they are.

        What is bigger than `READ_AHEAD_BYTES` waits for `turn`, when it is the next one wanted.
        Raises SourceError naming the source and the reason in plain words.
        """
        limits = self._limits
        if turn is not None and not turn.is_set():
            small = replace(limits, max_bytes=min(limits.max_bytes, READ_AHEAD_BYTES))
            try:
                return await self._load(source, small)
            except TooBigError:
                await turn.wait()
        return await self._load(source, limits)

    async def look(self, source: Source) -> tuple[str, tuple[str, ...]] | None:
        """Where a page is and what is at its ends, before it is read; None for what is no page.

        What is fetched for this is kept for `load`, be it an error. Raises SourceError.
        """
        loaded = await self._looked_at(source)
        if loaded is None or loaded.kind != "html":
            return None
        found = await self._extract(loaded, Ends(is_wanted=True))
        return None if found.ends is None else (loaded.address, found.ends)

    async def glance(self, source: Source) -> str:
        """The text of a source before it is read, none of a big one. Keeps and raises as `look`."""
        loaded = await self._looked_at(source)
        return "" if loaded is None else (await self._extract(loaded, Ends())).text

    async def _looked_at(self, source: Source) -> Loaded | None:
        limits = replace(self._limits, max_bytes=min(self._limits.max_bytes, READ_AHEAD_BYTES))
        try:
            loaded = await self._load(source, limits)
        except TooBigError:
            return None
        except SourceError as error:
            if isinstance(source, WebSource):
                self._kept[source.name] = error
            raise
        if isinstance(source, WebSource) and len(loaded.body) <= self._room:
            self._kept[source.name] = loaded
            self._room -= len(loaded.body)
        return loaded

    async def document(self, source: Source, loaded: Loaded) -> Document:
        """What was loaded as a document; raises as `load` does."""
        if isinstance(source, WebSource):
            self.addresses[source.name] = loaded.address, loaded.said
        try:
            found = await self._extract(loaded, Ends(self.repeats(source, loaded.address)))
        except SourceError as error:
            raise type(error)(f"{source.name}: {error}") from error
        self.say(source, found.note, found.includes)
        is_file = isinstance(source, FileSource)
        fallback_title = PurePosixPath(source.name).name if is_file else source.name
        known = {"source": source.name, "title": found.title or fallback_title, **found.details}
        return Document(page_content=found.text, metadata=known)

    def say(self, source: Source, note: str, includes: tuple[str, ...]) -> None:
        """What there is to say of how a source was read, now or before."""
        if note:
            self.notes[source.name] = note
            self.tell(f"{source.name}: {note}")
        if includes:
            self.includes[source.name] = includes

    async def _load(self, source: Source, limits: Limits) -> Loaded:
        if isinstance(source, FileSource):
            body = await asyncio.to_thread(_read_file, source, limits.max_bytes)
            return Loaded(body, kind_of(source.path) or "plain")
        kept = self._kept.pop(source.name, None)
        if isinstance(kept, SourceError):
            raise kept
        if kept is not None:
            self._room += len(kept.body)
            return kept
        fetched = await self._fetch(source, limits)
        kind = _kind(fetched, source.name)
        page = fetched.body if kind == "html" else b""
        said = declared(page, fetched.url, fetched.links)
        return Loaded(fetched.body, kind, fetched.charset, fetched.url, said)

    async def _extract(self, loaded: Loaded, ends: Ends) -> Extracted:
        asked = loaded.body, loaded.kind, loaded.charset, self._css_classes
        if is_simple(loaded.body, loaded.kind):
            return await asyncio.to_thread(extract, *asked)
        return await self._parser.extract(*asked, ends)

    async def _fetch(self, source: WebSource, limits: Limits) -> Fetched:
        return await fetch(
            self._client, source.url, name=source.name, typed=source.typed, limits=limits
        )


def _kind(fetched: Fetched, name: str) -> Kind:
    suffix = PurePosixPath(urlsplit(fetched.url).path).suffix.lower()
    if fetched.media_type in _UNSPECIFIC and suffix in KIND_BY_SUFFIX:
        return KIND_BY_SUFFIX[suffix]
    if fetched.media_type is None:
        return "html"
    try:
        return _KIND_BY_MEDIA_TYPE[fetched.media_type]
    except KeyError:
        raise SourceError(
            f"{name}: expected a web page or text, got content type {fetched.media_type!r}"
        ) from None


def _read_file(source: FileSource, max_bytes: int) -> bytes:
    path = source.path
    if source.within is not None:
        # Again, and then that very file: it may be another one than when the folder was read.
        if not is_within(path, source.within):
            raise SourceError(f"{source.name}: leads out of the folder by now")
        path = Path(os.path.realpath(path))
    try:
        # Not to wait for the other end, should it have become a pipe.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            if stat.S_ISFIFO(os.fstat(file.fileno()).st_mode):
                raise SourceError(f"{source.name}: no regular file")
            body = file.read(max_bytes + 1)
    except FileNotFoundError:
        raise SourceError(f"{source.name}: does not exist") from None
    except PermissionError:
        raise SourceError(f"{source.name}: no permission to read it") from None
    except OSError as error:
        raise SourceError(f"{source.name}: cannot be read") from error
    if len(body) > max_bytes:
        raise TooBigError(f"{source.name}: bigger than the limit of {max_bytes:,} bytes")
    return body
