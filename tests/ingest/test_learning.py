"""When something is learned, and of which pages; over a real index, real files and pages."""

import io
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest

from ingest.learning import FEW, SAMPLE, TIMES, Learning
from ingest.naming import Naming
from ingest.report import Report
from ingest.sources.discover import combine, find_sources, web_source
from ingest.sources.fetch import open_client
from ingest.sources.parser import Parser
from ingest.sources.reader import Reader
from ingest.target import open_index, open_preview
from rag_stream.indexing.repeats import Learned, RepeatStore
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.readable import LIMITS
from tests.support.repeating import BANNER, CALL, CALLS, PAGES, page
from tests.support.web_server import Answer, WebServer, redirect


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    runtime = Runtime(settings)
    yield runtime
    await runtime.aclose()


@pytest.fixture
async def reader(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reader]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with open_client(LIMITS, allow_private=True) as client, aclosing(Parser()) as parser:
        yield Reader(client, parser, limits=LIMITS)


class Run:
    """What one ingest run does until its first source is read."""

    def __init__(self, runtime: Runtime, reader: Reader, base: Path) -> None:
        self._runtime = runtime
        self._reader = reader
        self._base = base
        self.known: set[str] = set()
        """Sources that the index holds."""
        self.asked: list[str] = []
        """Those that were asked for."""

    async def __call__(
        self, *given: str, again: bool = False, keeps: bool = True, called: str | None = None
    ) -> str:
        """What is told of it."""
        runtime, err = self._runtime, io.StringIO()
        client, name = await runtime.index.client(), runtime.settings.collection
        naming = await Naming.open(runtime.index, name)
        web = [web_source(url) for url in given if "://" in url]
        found = combine([find_sources(set(given) - {s.url for s in web}, base=self._base)])
        found = combine([found, type(found)(tuple(web))])
        await naming.settle(found, given, base=self._base, read=self._reader.read, name=called)
        store = await RepeatStore.open(client, name, keeps=keeps)
        learning = await Learning.open(store, naming)
        report = Report(1, as_json=False, out=io.StringIO(), err=err)
        target = await (open_index if keeps else open_preview)(runtime, report)
        await naming.begin(target, report, dry_run=not keeps)

        async def there(names: Sequence[str], enough: int) -> set[str]:
            self.asked += names
            return set(sorted(self.known & set(names))[:enough])

        await learning.learn(self._reader, there, report, again=again)
        self._reader.repeats = learning.of
        self.sources = {source.name: source for source in naming.named.found.sources}
        return err.getvalue()

    async def text(self, name: str) -> str:
        return (await self._reader.read(self.sources[name])).page_content

    async def learned(self) -> dict[str, Learned]:
        client = await self._runtime.index.client()
        return (await RepeatStore.open(client, self._runtime.settings.collection)).learned


@pytest.fixture
def run(runtime: Runtime, reader: Reader, tmp_path: Path) -> Run:
    return Run(runtime, reader, tmp_path)


def write(folder: Path, pages: int, *, start: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(start, pages):
        html = page(f"ship {number}", f"This is what there is to say of ship {number}.")
        (folder / f"{number:03}.html").write_text(html)


async def test_a_dry_run_says_what_would_be_and_keeps_nothing(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "docs", 8)
    assert "docs: 2 texts that repeat" in await run("docs", keeps=False)
    assert CALL not in await run.text("docs/001.html")
    assert await run.learned() == {}


async def test_a_part_of_a_root_learns_nothing_for_all_of_it(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "docs/a", 9)
    write(tmp_path / "docs/b", 1)
    run.known = {f"docs/a/{number:03}.html" for number in range(9)}
    assert await run("docs") == ""  # made without
    run.known = set()
    assert await run("docs/a") == ""
    assert CALL in await run.text("docs/a/001.html")
    assert "docs: 2 texts" in await run("docs")
    assert await run("docs/a") == ""
    assert CALL not in await run.text("docs/a/001.html")


async def test_of_a_root_that_was_made_without_only_its_own_pages_are_asked_for(
    run: Run, tmp_path: Path
) -> None:
    write(tmp_path / "docs", 9)
    write(tmp_path / "few", 7)
    pages = {f"docs/{number:03}.html" for number in range(9)}
    run.known = {f"other/{number}.html" for number in range(2_000)} | pages
    assert await run("docs", "few") == ""
    assert set(run.asked) == pages


async def test_what_was_learned_of_few_pages_is_learned_again_of_ten_times_as_many(
    run: Run, tmp_path: Path
) -> None:
    write(tmp_path / "docs", 9)
    await run("docs")
    for path in (tmp_path / "docs").iterdir():
        path.write_text(path.read_text().replace(CALL, "Another line at the end of all."))
    write(tmp_path / "docs", 9 * TIMES - 1, start=9)
    assert await run("docs") == ""
    write(tmp_path / "docs", 9 * TIMES, start=9 * TIMES - 1)
    assert f"2 texts that repeat at the ends of most of its {9 * TIMES} pages" in await run("docs")
    (learned,) = (await run.learned()).values()
    assert learned.pages == 9 * TIMES > FEW
    write(tmp_path / "docs", 5)
    assert await run("docs") == ""  # once
    assert "Another line" in await run.text("docs/008.html")
    assert await run("docs/001.html", "docs/002.html", again=True) == ""
    assert "2 texts" in await run("docs", again=True)


async def test_of_many_pages_some_are_looked_at_from_all_over(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "docs", 8)
    for number in range(8, 2 * SAMPLE):
        (tmp_path / f"docs/{number:03}.html").write_text(
            page(f"ship {number}", "Short.", ends=number % 5 == 0)
        )
    assert await run("docs") == ""  # it is on a fifth of them
    (learned,) = (await run.learned()).values()
    assert learned == Learned(learned.root, frozenset(), 2 * SAMPLE)


async def test_folders_in_two_languages_each_have_their_own(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "docs/en", 9)
    write(tmp_path / "docs/de", 9)
    ruf = "Die Mannschaft sucht Freiwillige f\u00fcr das ganze Jahr."
    for path in (tmp_path / "docs/de").iterdir():
        path.write_text(path.read_text().replace(CALL, ruf))
    assert "docs: 3 texts that repeat at the ends of most of its 18 pages" in await run("docs")
    assert ruf not in await run.text("docs/de/003.html")
    assert CALL not in await run.text("docs/en/003.html")


def write_three(folder: Path) -> None:
    """Three folders, each with a line of its own at the ends of its pages."""
    for number, (name, call) in enumerate(CALLS.items(), 9):
        write(folder / name, number)
        for path in (folder / name).iterdir():
            path.write_text(path.read_text().replace(CALL, call))


async def test_a_root_that_takes_the_place_of_several_has_what_was_learned_of_each(
    run: Run, tmp_path: Path
) -> None:
    write_three(tmp_path / "site")
    for name in CALLS:
        assert "2 texts that repeat" in await run(f"site/{name}")
    before = await run.learned()
    assert len(before) == 3
    for keeps in (False, True, True):
        assert await run("site", called="docs", keeps=keeps) == ""
        for name in CALLS:
            text = await run.text(f"docs/{name}/003.html")
            assert not [call for call in (BANNER, *CALLS.values()) if call in text]
    (learned,) = (await run.learned()).values()
    assert learned.repeats == frozenset().union(*(old.repeats for old in before.values()))
    assert learned.pages == 9 + 10 + 11


async def test_a_root_with_a_name_takes_up_what_was_learned_of_those_it_comes_to_cover(
    run: Run, tmp_path: Path
) -> None:
    write_three(tmp_path / "site")
    assert "2 texts" in await run("site/a", called="docs")
    assert "2 texts" in await run("site/b")
    (tmp_path / "site/a").rename(tmp_path / "a")
    assert await run("site", called="docs") == ""
    assert CALLS["b"] not in await run.text("docs/b/003.html")
    (learned,) = (await run.learned()).values()
    assert learned.pages == 9 + 10


async def test_pages_of_the_web_are_fetched_once_and_what_fails_is_told_in_its_turn(
    run: Run, reader: Reader
) -> None:
    with WebServer() as web:
        web.pages |= {f"/a/{name}": Answer(html) for name, html in PAGES.items()}
        web.pages |= {"/old": redirect("/a/fuel"), "/a/text": Answer("Text", headers={})}
        urls = [web.url(path) for path in (*web.pages, "/a/gone")]
        told = await run(*urls)
        host = web.url("/").removeprefix("http://")
        assert told == (
            f"ingest: {host}: 2 texts that repeat at the ends of most of its 12 pages"
            " are left out of them\n"
        )
        asked = len(web.requests)
        for path in ("/a/horn", "/old"):
            text = await run.text(web.url(path))
            assert text.startswith("# Of the")
            assert BANNER not in text
        with pytest.raises(Exception, match="404"):
            await run.text(web.url("/a/gone"))
        assert len(web.requests) == asked
        assert reader.addresses[web.url("/old")][0] == web.url("/a/fuel")
        assert (await run.text(web.url("/a/horn"))).startswith("# Of the horn")
        assert web.asked_for("/a/horn") == 2  # kept once
        assert set(await run.learned()) == {f"web:{host}"}


async def test_pages_that_redirects_lead_to_another_host_share_it_there(run: Run) -> None:
    with WebServer() as here, WebServer() as there:
        there.pages |= {f"/b/{name}": Answer(html) for name, html in PAGES.items()}
        here.pages |= {f"/{name}": redirect(there.url(f"/b/{name}")) for name in PAGES}
        await run(*(here.url(f"/{name}") for name in PAGES))
        assert BANNER not in await run.text(here.url("/horn"))
        part = there.url("/b/").removeprefix("http://")
        assert set(await run.learned()) == {f"web:{part}"}
        assert await run(there.url("/b/ramp")) == ""
        assert BANNER not in await run.text(there.url("/b/ramp"))
