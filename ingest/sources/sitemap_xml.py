"""What one sitemap lists. Pure; runs in the parser's process, since it is anybody's XML."""

from collections.abc import Iterator
from dataclasses import dataclass
from sys import getsizeof
from typing import Any

from rag_stream.errors import SourceError
from rag_stream.http.unpack import DamagedError, unpacker

MAX_ENTRIES = 50_000
MAX_HELD = 20_000_000
"""Bytes of memory that entries may take: 400 for each of `MAX_ENTRIES`."""
TOO_LONG = f"its entries take more than the limit of {MAX_HELD:,} bytes"
_MAX_BYTES = 50_000_000  # unpacked: the protocol's own limit
_MAX_LOCATION = 10_000  # characters; the protocol says 2,048
_GZIP_MAGIC = b"\x1f\x8b"
_KINDS = ("urlset", "sitemapindex")


@dataclass(frozen=True, slots=True)
class Listed:
    """The entries of one sitemap in order, as written there: pages, or further sitemaps."""

    sitemaps: bool
    locations: list[str]


def read_sitemap(body: bytes) -> Listed:
    """The entries of a sitemap or sitemap index, one more than `MAX_ENTRIES` at most.

    Raises SourceError, whose text is the reason alone. Takes no more memory than the entries.
    """
    kind: str | None = None
    locations: list[str] = []
    depth = held = 0
    for event, element in _events(body):
        name = str(element.tag).rpartition("}")[2]
        if event == "start":
            depth += 1
            kind = kind or name
            if kind not in _KINDS:
                break
            continue
        depth -= 1
        if depth == 2 and name == "loc" and _is_entry(element.getparent(), kind):
            if location := (element.text or "")[:_MAX_LOCATION].strip():
                locations.append(location)
                held += getsizeof(location)
            if held > MAX_HELD:
                raise SourceError(TOO_LONG)
            if len(locations) > MAX_ENTRIES:
                break
        elif depth == 1:
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    if kind not in _KINDS:
        got = f"<{kind[:100]}>" if kind else "what is no XML"
        raise SourceError(f"expected a sitemap (<urlset> or <sitemapindex>), got {got}")
    return Listed(kind == "sitemapindex", locations)


def _events(body: bytes) -> Iterator[tuple[str, Any]]:
    """What begins and ends in a document, as far as it can be read."""
    # Imported here: only --sitemap needs it.
    from lxml import etree

    # Lenient, since sitemaps with a bare & abound; entities stay unexpanded.
    parser = etree.XMLPullParser(
        events=("start", "end"), recover=True, resolve_entities=False, no_network=True
    )
    try:
        for piece in _unpacked(body):
            parser.feed(piece)
            yield from parser.read_events()
        parser.close()
    except (etree.XMLSyntaxError, ValueError):
        pass
    yield from parser.read_events()


def _is_entry(element: Any, kind: str | None) -> bool:
    name = element.tag.rpartition("}")[2]
    return bool(name == ("url" if kind == "urlset" else "sitemap"))


def _unpacked(body: bytes) -> Iterator[bytes]:
    packed = unpacker("gzip" if body.startswith(_GZIP_MAGIC) else "")
    assert packed is not None, "both are known"  # noqa: S101
    size = 0
    try:
        for start in range(0, len(body), _STEP):
            for piece in packed.feed(body[start : start + _STEP]):
                size += len(piece)
                if size > _MAX_BYTES:
                    raise SourceError(f"bigger than the limit of {_MAX_BYTES:,} bytes unpacked")
                yield piece
            if packed.done:
                return
    except DamagedError:
        raise SourceError("the gzip file is damaged") from None


_STEP = 65_536
