from collections.abc import AsyncIterator

import numpy as np
import pytest

from rag_stream.calibration.asking import recalibrate
from rag_stream.calibration.everyday import everyday
from rag_stream.calibration.scale import Scale
from rag_stream.calibration.scatter import SAMPLE, knowledge, measured, sample
from rag_stream.models.local.embeddings import MiniLMEmbeddings
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import LOCAL_CHAT, LOCAL_EMBEDDINGS, Settings
from tests.support.corpus import documents
from tests.support.synced_index import open_sync

CHANCE = np.random.default_rng(5)


def cloud(count: int, spread: float) -> np.ndarray:
    """Vectors around one of their own: the smaller `spread`, the more alike they are."""
    middle = np.ones(64) / 8
    return np.asarray(middle + spread * CHANCE.normal(size=(count, 64)) / 8, dtype=np.float32)


def test_a_model_whose_vectors_are_all_alike_has_little_scatter() -> None:
    wide, narrow = (
        measured({"en": [*cloud(30, spread)]}, cloud(200, spread)).scatter for spread in (2.0, 0.4)
    )
    assert wide is not None
    assert narrow is not None
    assert 4 < wide / narrow < 8


def test_the_lengths_of_vectors_tell_nothing() -> None:
    asked, chunks = cloud(30, 1.0), cloud(50, 1.0)
    one = measured({"en": [*asked]}, chunks)
    assert measured({"en": [*(3 * asked)]}, 7 * chunks) == one


def test_few_chunks_tell_nothing() -> None:
    few = measured({"en": [*cloud(30, 1.0)]}, cloud(19, 1.0))
    assert few == Scale(None, {"en": 1.0})
    assert measured({"en": [*cloud(30, 1.0)]}, np.zeros((0, 64), np.float32)) == few


def test_a_language_in_which_all_is_alike_to_a_model_is_not_known_to_it() -> None:
    own = knowledge({"en": [*cloud(20, 1.0)], "ar": [*cloud(20, 0.3)], "th": [cloud(1, 1.0)[0]]})
    assert own["en"] == 1.0
    assert own["ar"] < 0.4
    assert "th" not in own


def test_a_few_questions_that_lie_far_apart_make_no_language_the_best() -> None:
    own = knowledge({"en": [*cloud(20, 1.0)], "sv": [*cloud(3, 3.0)]})
    assert own == {"en": 1.0, "sv": 1.0}


def test_all_alike_in_every_language_is_no_knowledge() -> None:
    assert knowledge({"en": [np.ones(4, np.float32)] * 20}) == {}


def test_what_is_said_of_the_local_model_is_what_is_measured() -> None:
    model = MiniLMEmbeddings()
    vectors = {language: [*model.encode(asked)] for language, asked in everyday().items()}
    told = Scale.of({"embedding_model": LOCAL_EMBEDDINGS}).known
    assert knowledge(vectors) == pytest.approx(told, abs=0.01)


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    runtime = Runtime(settings)
    yield runtime
    await runtime.aclose()


async def fill(runtime: Runtime, chunks: int) -> None:
    sync = await open_sync(runtime)
    texts = [f"Grease lever {n} of the conveyor every {7 * n} hours." for n in range(chunks)]
    await sync.put("a.md", documents("a.md", texts))
    await sync.finish()


async def test_chunks_from_all_over_an_index_are_looked_at(runtime: Runtime) -> None:
    client = await runtime.index.client()
    for chunks, looked_at in ((30, 30), (450, SAMPLE)):
        await fill(runtime, chunks)
        collection = (await runtime.index.snapshot()).collection
        assert (await sample(client, collection)).shape[0] == looked_at


async def test_an_ingest_records_it_also_where_an_older_one_had_not(runtime: Runtime) -> None:
    await fill(runtime, 30)
    await recalibrate(runtime.index, runtime.embedder)
    snapshot = await runtime.index.snapshot()
    metadata = dict(snapshot.collection.metadata)
    own = Scale.recorded(metadata)
    assert own is not None
    assert 0.0 < (own.scatter or 0.0) < 0.5
    assert set(own.known) == set(everyday())
    before = {key: value for key, value in metadata.items() if not key.startswith("scale_")}
    await (await runtime.index.client()).set_metadata(snapshot.collection, before)
    await runtime.index.find()
    await recalibrate(runtime.index, runtime.embedder)
    after = (await runtime.index.snapshot()).collection.metadata
    assert Scale.recorded(after) == own


async def test_an_index_that_is_made_anew_has_its_own(settings: Settings) -> None:
    local = settings.model_copy(update={"embeddings": LOCAL_EMBEDDINGS, "chat_model": LOCAL_CHAT})
    runtime = Runtime(local)
    try:
        await fill(runtime, 24)
        made = await recalibrate(runtime.index, runtime.embedder)
        assert made is not None
        assert made.scale is not None
        assert made.scale == Scale.recorded((await runtime.index.snapshot()).collection.metadata)
        assert made.scale.knows("ar") < 0.5 < made.scale.knows("en")
    finally:
        await runtime.aclose()
