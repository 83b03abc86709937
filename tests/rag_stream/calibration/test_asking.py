"""A real index that is asked the everyday questions by its own model."""

from collections.abc import AsyncIterator, Sequence

import pytest

from rag_stream.calibration.asking import calibrate, recalibrate
from rag_stream.calibration.everyday import everyday
from rag_stream.calibration.kept import name_of
from rag_stream.calibration.record import Calibration
from rag_stream.models.factory import Embedder
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import documents
from tests.support.openai_server import OpenAIServer
from tests.support.synced_index import open_sync

QUESTIONS = [question for asked in everyday().values() for question in asked]
PARTS = ("valve", "hinge", "gasket", "lever", "spring", "piston", "bearing", "shaft")


def manual(number: int, chunks: int = 8) -> list[str]:
    parts = PARTS[number % len(PARTS) :] + PARTS[: number % len(PARTS)]
    return [
        f"Machine {number}: grease the {part} of the conveyor every {100 + n} operating hours."
        for n, part in enumerate(parts[:chunks])
    ]


async def fill(runtime: Runtime, first: int, sources: int) -> None:
    sync = await open_sync(runtime)
    for number in range(first, first + sources):
        await sync.put(f"{number}.md", documents(f"{number}.md", manual(number)))
    await sync.finish()


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    runtime = Runtime(settings)
    yield runtime
    await runtime.aclose()


def requests(server: OpenAIServer) -> list[int]:
    """How many texts each request since the last look had."""
    found = [len(call.body["input"]) for call in server.embeddings]
    server.calls.clear()
    return found


async def recorded(runtime: Runtime) -> Calibration | None:
    return Calibration.of((await runtime.index.snapshot()).collection.metadata)


async def forget(runtime: Runtime) -> str:
    """Have the model's vectors of the questions kept nowhere; where they would be."""
    client, state = await runtime.index.client(), await runtime.index.snapshot()
    kept = name_of(runtime.embedder.fingerprint, int(state.collection.metadata["dimension"]))
    if await client.find(kept) is not None:
        await client.drop(kept)
    return kept


async def test_all_questions_are_asked_in_one_request_and_what_they_say_is_kept(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    await fill(runtime, 0, 5)
    await forget(runtime)
    before = await runtime.index.snapshot()
    openai_server.calls.clear()
    made = await recalibrate(runtime.index, runtime.embedder)
    assert made is not None
    assert sorted(requests(openai_server)) == [1, len(QUESTIONS)]
    assert made.is_possible
    assert set(made.thresholds) == set(everyday())
    assert made.chunks == 40
    found = await recorded(runtime)
    assert found is not None
    assert found.thresholds == pytest.approx(made.thresholds, abs=1e-4)
    after = await runtime.index.snapshot()
    assert after.generation == before.generation
    assert before.collection.metadata.items() <= after.collection.metadata.items()


async def test_it_is_asked_again_when_it_has_changed_and_its_model_is_not(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    await fill(runtime, 0, 5)
    first = await recalibrate(runtime.index, runtime.embedder)
    assert await recalibrate(runtime.index, runtime.embedder) == await recorded(runtime)
    await fill(runtime, 5, 1)
    requests(openai_server)
    again = await recalibrate(runtime.index, runtime.embedder)
    assert first is not None
    assert again is not None
    assert (first.chunks, again.chunks) == (40, 48)
    assert requests(openai_server) == []


@pytest.mark.parametrize("lacking", ["everyday_middles", "scale_scatter"])
async def test_what_an_earlier_release_did_not_record_is_found_out(
    runtime: Runtime, openai_server: OpenAIServer, lacking: str
) -> None:
    await fill(runtime, 0, 5)
    made = await recalibrate(runtime.index, runtime.embedder)
    assert made is not None
    client, snapshot = await runtime.index.client(), await runtime.index.snapshot()
    metadata = {key: own for key, own in snapshot.collection.metadata.items() if key != lacking}
    await client.set_metadata(snapshot.collection, metadata)
    await runtime.index.find()
    requests(openai_server)
    again = await recalibrate(runtime.index, runtime.embedder)
    assert again is not None
    assert (again.scale, again.standards) == (made.scale, made.standards)
    assert requests(openai_server) == []


async def test_a_language_that_is_new_in_an_index_has_a_threshold_at_once(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    await fill(runtime, 0, 8)
    before = await recalibrate(runtime.index, runtime.embedder)
    sync = await open_sync(runtime)
    # All everyday questions of the language come near to some of these, none is answered.
    texts = [f"Maschine {n}: Wie wird der Riemen geölt, wer macht es, wann ist es?" for n in "ab"]
    await sync.put("a.md", documents("a.md", texts))
    await sync.finish()
    after = await recalibrate(runtime.index, runtime.embedder)
    assert before is not None
    assert after is not None
    assert after.thresholds["de"] > before.thresholds["de"]


async def test_questions_that_are_no_longer_kept_are_asked_of_the_model_again(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    await fill(runtime, 0, 5)
    made = await recalibrate(runtime.index, runtime.embedder)
    kept = await forget(runtime)
    requests(openai_server)
    again = await recalibrate(runtime.index, runtime.embedder)
    assert len(QUESTIONS) in requests(openai_server)
    assert made is not None
    assert again is not None
    assert again.thresholds == pytest.approx(made.thresholds, abs=1e-4)
    assert await (await runtime.index.client()).find(kept) is not None


async def test_an_index_that_holds_nothing_is_not_asked(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    assert await recalibrate(runtime.index, runtime.embedder) is None
    await open_sync(runtime)
    assert await recalibrate(runtime.index, runtime.embedder) is None
    assert requests(openai_server) == []


async def test_an_index_that_answers_the_questions_says_so(runtime: Runtime) -> None:
    # What it holds are the questions themselves, each in a source of its own.
    sync = await open_sync(runtime)
    for number, question in enumerate(everyday()["en"]):
        await sync.put(f"{number}.md", documents(f"{number}.md", [question]))
    made = await recalibrate(runtime.index, runtime.embedder)
    assert made is not None
    assert not made.is_possible
    assert await recorded(runtime) == made


class TwoSided(Embedder):
    """A model that knows questions from documents, as Cohere's do; to this one all are alike."""

    def __init__(self, inner: Embedder) -> None:
        super().__init__(inner.fingerprint, inner._lazy)
        self.asked: list[str] = []

    async def embed_question(self, text: str) -> Sequence[float]:
        self.asked.append(text)
        return await super().embed_question("grease the conveyor")


async def test_a_model_that_knows_questions_from_documents_is_asked_as_for_questions(
    runtime: Runtime,
) -> None:
    await fill(runtime, 0, 4)
    await forget(runtime)
    snapshot, client = await runtime.index.snapshot(), await runtime.index.client()
    two_sided = TwoSided(runtime.embedder)
    made = await calibrate(client, snapshot.collection, two_sided)
    assert set(two_sided.asked) == set(QUESTIONS)
    assert made is not None
    assert list(made.thresholds.values()) == pytest.approx([made.threshold("en")] * len(everyday()))
