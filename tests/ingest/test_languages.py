"""Which languages documents are in, before they are read."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from ingest.languages import SAMPLE, languages_of, unknown_to_the_model
from ingest.sources.discover import find_sources, web_source
from ingest.sources.fetch import open_client
from ingest.sources.parser import Parser
from ingest.sources.reader import Reader
from rag_stream.calibration.asking import recalibrate
from rag_stream.models.new_index import choose
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import LOCAL_EMBEDDINGS, LOCAL_MULTILINGUAL, Settings
from tests.support.corpus import fill
from tests.support.readable import LIMITS
from tests.support.web_server import Answer, WebServer

ENGLISH = "The heron is a bird that stands in the water, and it waits for a fish to come."
GERMAN = "Der Reiher ist ein Vogel, der im Wasser steht und auf einen Fisch wartet."
THAI = "นกกระสาเป็นนกที่ยืนอยู่ในน้ำและรอปลา"


@pytest.fixture
async def reader(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reader]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with open_client(LIMITS, allow_private=True) as client, aclosing(Parser()) as parser:
        yield Reader(client, parser, limits=LIMITS)


def written(folder: Path, *texts: str) -> Path:
    for number, text in enumerate(texts):
        (folder / f"{number:03d}.md").write_text(f"# Title\n\n{text}\n", encoding="utf-8")
    return folder


async def told(reader: Reader, folder: Path) -> frozenset[str]:
    return await languages_of(reader, find_sources([str(folder)], base=folder).sources)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([ENGLISH], {"en"}),
        ([GERMAN, ENGLISH], {"de", "en"}),
        ([THAI], {"th"}),
        (["4711 0815", ENGLISH], {"en"}),  # of no clear language
        ([], set()),
    ],
)
async def test_files_tell_their_languages(
    reader: Reader, tmp_path: Path, texts: list[str], expected: set[str]
) -> None:
    assert await told(reader, written(tmp_path, *texts)) == expected


async def test_a_few_from_all_over_the_run_are_looked_at(reader: Reader, tmp_path: Path) -> None:
    texts = [ENGLISH] * (3 * SAMPLE) + [GERMAN] * SAMPLE
    assert await told(reader, written(tmp_path, *texts)) == {"de", "en"}


async def test_what_cannot_be_read_tells_nothing(reader: Reader, tmp_path: Path) -> None:
    folder = written(tmp_path, GERMAN)
    (folder / "torn.ipynb").write_text("{")
    assert await told(reader, folder) == {"de"}


async def test_a_page_is_fetched_once(reader: Reader) -> None:
    answer = Answer(f"<html><body><p>{GERMAN}</p></body></html>")
    with WebServer({"/heron": answer}) as web:
        page = web_source(web.url("/heron"))
        assert await languages_of(reader, [page]) == {"de"}
        assert GERMAN in (await reader.read(page)).page_content
        assert [path for path, _ in web.requests] == ["/heron"]


async def test_an_index_of_an_english_model_with_other_documents_is_pointed_out(
    settings: Settings,
) -> None:
    keyless = settings.model_copy(update={"openai_api_key": None, "openai_base_url": None})
    assert choose(keyless).model == LOCAL_EMBEDDINGS
    async with aclosing(Runtime(keyless)) as runtime:
        assert await unknown_to_the_model(runtime) is None
        await fill(keyless, [ENGLISH])
        await recalibrate(runtime.index, runtime.embedders.of(await runtime.index.snapshot()))
        assert await unknown_to_the_model(runtime) is None
        await fill(keyless, [ENGLISH, THAI])
        await recalibrate(runtime.index, runtime.embedders.of(await runtime.index.snapshot()))
        line = await unknown_to_the_model(runtime)
    assert line is not None
    assert "(th)" in line
    assert LOCAL_MULTILINGUAL in line
