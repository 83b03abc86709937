"""Web pages that are one page at several addresses: one source, under the address that counts.

Two addresses are one page where a redirect says so; where the page says so (`rel=canonical`) of
an address of its own site, and that is but another way to write it or has the same text; where
they differ in a slash or `index.html` alone and have the same text.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from langchain_core.documents import Document

from ingest.carry_over import is_same
from ingest.sources.canonical import bare, is_same_site, is_variant, variants
from ingest.sources.discover import WebSource

TOLD = 20
"""Pages that are told to be known by another address than the one given."""
_REMEMBERED = 20_000_000
"""Characters of texts that are kept to compare others with."""
_MOST_ASKED = 500

Read = Callable[[WebSource], Awaitable[Document]]
Texts = Callable[[list[str]], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is called, and what there is to say of that. `is_known`: it was read before.

    `address`: where it was read.
    """

    name: str
    address: str
    is_known: bool = False
    note: str | None = None


class Pages:
    """The pages of one run, one after another."""

    def __init__(self, read: Read, texts: Texts) -> None:
        """`texts`: of those of these sources that the index holds."""
        self._read = read
        self._texts = texts
        self._seen: dict[str, str] = {}
        self._room = _REMEMBERED
        self._told = 0
        self._names: set[str] = set()
        self._asked: dict[str, str | None] = {}

    async def settle(self, source: WebSource, text: str, address: str, claimed: str | None) -> Page:
        """What a page is called that was just read at an address and calls itself so."""
        name, note = bare(address), None
        if claimed is not None and claimed != name:
            if not is_same_site(claimed, name):
                note = f"{name}: calls itself {claimed}, of another site, which is not believed"
            elif is_variant(claimed, name) or await self._has_text(claimed, text, source):
                name = claimed
            else:
                note = f"{name}: calls itself {claimed}, whose text is another: kept apart"
        name = await self._written_before(name, text)
        is_known = name in self._names
        if is_known:
            again = "was given before" if source.name == name else f"is the page {name}"
            note = f"{source.name}: {again}, one source"
        elif note is None and bare(source.name) != name:
            note = self._renamed(source.name, name)
        self._names.add(name)
        if len(text) <= self._room and name not in self._seen:
            self._seen[name] = text
            self._room -= len(text)
        return Page(name, bare(address), is_known, note)

    def names_of(self, source: WebSource, address: str) -> list[str]:
        """All that a page without a text may be known by, what counts first; not what has one."""
        names = dict.fromkeys((bare(address), source.name))
        return [name for name in names if name not in self._names] or [source.name]

    def _renamed(self, given: str, name: str) -> str | None:
        self._told += 1
        if self._told > TOLD + 1:
            return None
        if self._told > TOLD:
            return "more pages are known by other addresses than those given"
        return f"{given}: is the page {name}"

    async def _written_before(self, name: str, text: str) -> str:
        """The name, or another way to write it by which the same text is known."""
        others = [other for other in variants(name) if other in self._names]
        for other in others:
            if _is_equal(self._seen.get(other), text):
                return other
        if name in self._names:
            return name
        stored = await self._texts([name, *variants(name)])
        if name in stored:
            return name
        return next((other for other in stored if _is_equal(stored[other], text)), name)

    async def _has_text(self, address: str, text: str, source: WebSource) -> bool:
        if address in self._seen:
            return _is_equal(self._seen[address], text)
        if address not in self._asked:
            if len(self._asked) >= _MOST_ASKED:
                self._asked.clear()
            there = WebSource(address, _with_password(address, source), source.typed or source.url)
            try:
                self._asked[address] = (await self._read(there)).page_content
            except Exception:  # noqa: BLE001  # one address never ends the run
                self._asked[address] = None
        return _is_equal(self._asked[address], text)


def _is_equal(one: str | None, other: str) -> bool:
    return one is not None and is_same(one, other, share=0.9) and is_same(other, one, share=0.9)


def _with_password(address: str, source: WebSource) -> str:
    """The address with the user and password that were typed for its host."""
    typed = urlsplit(source.url)
    parts = urlsplit(address)
    if "@" not in typed.netloc or bare(address).split("/")[2] != bare(source.url).split("/")[2]:
        return address
    return parts._replace(netloc=f"{typed.netloc.rpartition('@')[0]}@{parts.netloc}").geturl()
