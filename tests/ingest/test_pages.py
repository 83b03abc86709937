"""Pages at several addresses."""

from collections.abc import Mapping

from langchain_core.documents import Document

from ingest.pages import TOLD, Pages
from ingest.sources.discover import WebSource
from rag_stream.errors import SourceError

TIDES = "The tide table of the harbour lists the high water of every day of the year."
NETS = "How to mend nets in a storm, and what to do when the twine has come to its end."


class Site:
    """A site's pages, and what the index holds of it; remembers what was asked for."""

    def __init__(self, pages: Mapping[str, str], stored: Mapping[str, str] | None = None) -> None:
        self.pages, self.stored = pages, stored or {}
        self.asked: list[str] = []

    async def read(self, source: WebSource) -> Document:
        self.asked.append(source.url)
        if source.url.endswith("/broken"):
            raise OverflowError("of a date that no calendar has")
        if source.url not in self.pages:
            raise SourceError(f"{source.name}: answered 404 Not Found")
        return Document(self.pages[source.url])

    async def texts(self, sources: list[str]) -> Mapping[str, str]:
        return {name: self.stored[name] for name in sources if name in self.stored}

    async def names(self, *pages: tuple[str, str, str | None]) -> list[tuple[str, bool]]:
        """Each page: where it was, its text, what it calls itself."""
        seen = Pages(self.read, self.texts)
        settled = [await seen.settle(WebSource(url, url), *rest) for url, *rest in _asked(pages)]
        return [(page.name, page.is_known) for page in settled]


def _asked(
    pages: tuple[tuple[str, str, str | None], ...],
) -> list[tuple[str, str, str, str | None]]:
    return [(url, text, url, claimed) for url, text, claimed in pages]


async def test_another_way_to_write_itself_is_believed_unasked() -> None:
    site = Site({})
    assert await site.names(("http://h/a/index.html", TIDES, "https://www.h/a")) == [
        ("https://www.h/a", False)
    ]
    assert site.asked == []


async def test_another_address_of_the_site_is_believed_where_it_has_the_text() -> None:
    site = Site({"http://h/tides": TIDES})
    pages = [(f"http://h/print{n}", text, "http://h/tides") for n, text in ((1, TIDES), (2, NETS))]
    assert await site.names(*pages) == [("http://h/tides", False), ("http://h/print2", False)]
    site = Site({"http://h/tides": TIDES})
    assert await site.names(pages[1], pages[1]) == [
        ("http://h/print2", False),
        ("http://h/print2", True),
    ]
    assert site.asked == ["http://h/tides"]  # once


async def test_an_address_that_cannot_be_read_or_is_of_another_site_is_not_believed() -> None:
    site = Site({"http://evil/": TIDES})
    assert await site.names(("http://h/a", TIDES, "http://h/gone")) == [("http://h/a", False)]
    assert await site.names(("http://h/a", TIDES, "http://h/broken")) == [("http://h/a", False)]
    assert await site.names(("http://h/a", TIDES, "http://evil/")) == [("http://h/a", False)]
    assert "http://evil/" not in site.asked


async def test_a_slash_or_an_index_page_less_is_the_same_page_where_the_text_is() -> None:
    rows = [("http://h/a", TIDES, None), ("http://h/a/", TIDES, None), ("http://h/b/", NETS, None)]
    rows += [("http://h/b", TIDES, None), ("http://h/a/index.html", TIDES, None)]
    names = [("http://h/a", False), ("http://h/a", True), ("http://h/b/", False)]
    names += [("http://h/b", False), ("http://h/a", True)]
    assert await Site({}).names(*rows) == names


async def test_the_address_that_the_index_knows_stays() -> None:
    site = Site({}, {"http://h/a/": TIDES, "http://h/c": TIDES, "http://h/c/": TIDES})
    rows = [("http://h/a", TIDES, None), ("http://h/c", TIDES, None), ("http://h/c/", TIDES, None)]
    assert await site.names(*rows) == [
        ("http://h/a/", False),
        ("http://h/c", False),
        ("http://h/c", True),
    ]
    assert await Site({}, {"http://h/a/": NETS}).names(rows[0]) == [("http://h/a", False)]


async def test_what_is_joined_is_told_each_time_and_other_addresses_a_few_times() -> None:
    site = Site({})
    seen = Pages(site.read, site.texts)
    notes = []
    for number in range(TOLD + 5):
        source = WebSource(f"http://h/{number}", f"http://h/{number}")
        page = await seen.settle(source, f"Text {number}", f"https://h/{number}", None)
        notes.append(page.note)
    assert notes[0] == "http://h/0: is the page https://h/0"
    assert notes[TOLD] == "more pages are known by other addresses than those given"
    assert notes[TOLD + 1 :] == [None] * 4
    for given, words in (
        ("http://h/3", "is the page https://h/3"),
        ("https://h/3", "was given before"),
    ):
        page = await seen.settle(WebSource(given, given), "Text 3", "https://h/3#x", None)
        assert page.note == f"{given}: {words}, one source"


async def test_a_password_goes_to_its_own_host_and_into_no_name() -> None:
    site = Site({"http://u:p@h/tides": TIDES})
    seen = Pages(site.read, site.texts)
    source = WebSource("http://h/a", "http://u:p@h/a")
    page = await seen.settle(source, TIDES, "http://u:p@h/a#x", "http://h/tides")
    assert (page.name, page.address) == ("http://h/tides", "http://h/a")
    assert site.asked == ["http://u:p@h/tides"]
    assert "p@" not in str(page)


async def test_a_page_without_a_text_is_known_by_all_its_addresses_but_those_that_have_one() -> (
    None
):
    site = Site({})
    seen = Pages(site.read, site.texts)
    source = WebSource("http://h/old", "http://h/old")
    assert seen.names_of(source, "http://H:80/new#x") == ["http://h/new", "http://h/old"]
    await seen.settle(WebSource("http://h/new", "http://h/new"), TIDES, "http://h/new", None)
    assert seen.names_of(source, "http://h/new") == ["http://h/old"]
