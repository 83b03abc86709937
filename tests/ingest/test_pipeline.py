"""A run finds its sources, and calibrates the index at its end."""

from contextlib import aclosing
from pathlib import Path
from typing import cast

import pytest

from ingest.pipeline import Request, _calibrate, _find, run
from ingest.remains import Remains
from ingest.report import Report
from ingest.sources.discover import WebSource
from ingest.sources.fetch import Fetched
from ingest.sources.parser import Parser
from ingest.sources.reader import Reader
from rag_stream.calibration.kept import name_of
from rag_stream.calibration.record import Calibration
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.gateway import Gateway


class Fetches:
    """Has one sitemap; of another, something breaks that nobody foresaw."""

    async def fetch(self, source: WebSource) -> Fetched:
        if "bad" in source.url:
            raise RuntimeError("a library's own words\x1b")
        body = b"<urlset><url><loc>/a</loc></url></urlset>"
        return Fetched(source.url, body, "application/xml", None)


async def test_what_nobody_foresaw_of_a_sitemap_is_its_own_problem() -> None:
    maps = ("https://me:key@site.example/bad.xml", "https://site.example/good.xml")
    async with aclosing(Parser()) as parser:
        found = await _find(Request(sitemaps=maps), cast(Reader, Fetches()), parser)
    assert [source.name for source in found.sources] == ["https://site.example/a"]
    assert [str(problem) for problem in found.problems] == [
        "https://site.example/bad.xml: could not be read (RuntimeError)"
    ]


async def test_an_index_that_fails_the_calibration_leaves_it_to_the_next_run(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await fill(settings)
    assert settings.chroma_url is not None
    with Gateway(int(settings.chroma_url.rpartition(":")[2])) as gateway:
        runtime = Runtime(settings.model_copy(update={"chroma_url": gateway.url}))
        try:
            await runtime.index.snapshot()
            gateway.become("fail")
            await _calibrate(runtime, Report(1, as_json=False))
            assert "the everyday questions were not asked" in "".join(capsys.readouterr())
            gateway.become("through")
            await _calibrate(runtime, Report(1, as_json=False))
            assert "not asked" not in "".join(capsys.readouterr())
            assert await runtime.readiness.without_abstention() is None
        finally:
            await runtime.aclose()


async def test_a_run_does_not_fetch_what_only_questions_need(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.md").write_text("# Notes\n\nStreaming sends each token as it comes.\n")
    request = Request(sources=(str(tmp_path / "notes.md"),))
    assert settings.chroma_url is not None
    with Gateway(int(settings.chroma_url.rpartition(":")[2])) as gateway:
        through = settings.model_copy(update={"chroma_url": gateway.url})
        assert await run(request, through, Remains()) == 0  # which calibrates
        runtime = Runtime(settings)
        try:
            snapshot = await runtime.index.snapshot()
            metadata = snapshot.collection.metadata
            calibration = Calibration.of(metadata)
            assert calibration is not None
            name = name_of(calibration.model, int(metadata["dimension"]))
            kept = await (await runtime.index.client()).find(name)
            assert kept is not None
            before = gateway.passed(f"/{kept.id}/get")
            assert await run(request, through, Remains()) == 0
            capsys.readouterr()
            assert gateway.passed(f"/{kept.id}/get") == before
            assert gateway.passed(f"/{settings.collection}") > 0
            # But the words are ready: nobody has to wait for them.
            hits = await runtime.lexical.search(snapshot, "streaming", 5, wait_s=0)
            assert len(hits) == 1
        finally:
            await runtime.aclose()
