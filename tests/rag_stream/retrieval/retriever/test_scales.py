"""What words are worth beside the vectors of an index, by what is recorded of it."""

import pytest
from langchain_core.documents import Document

from rag_stream.calibration.scale import Scale
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import LOCAL_CHAT, LOCAL_EMBEDDINGS, Settings
from tests.support.corpus import fill
from tests.support.retrieval import opened

ENGLISH = [
    f"Pump {n} stands in hall {n % 7}, hums at night and is greased in week {n}." for n in range(60)
]
ARABIC = (
    "المكتبة مفتوحة كل يوم من التاسعة صباحا حتى الخامسة مساء.",
    "يدفع الزائر رسما صغيرا عند الباب، والأطفال يدخلون مجانا.",
    "القطار الأخير إلى البصرة يغادر قبل منتصف الليل بقليل.",
    "تغلق الحديقة أبوابها عند غروب الشمس في فصل الشتاء.",
    "يصل البريد إلى المكاتب مرتين في الأسبوع، يوم الأحد والأربعاء.",
    "يحتاج المرشح في المضخة إلى التنظيف بعد مئة ساعة من العمل.",
)


async def scaled(runtime: Runtime, scale: Scale) -> None:
    """Let the index say that of itself."""
    collection = (await runtime.index.snapshot()).collection
    told = scale.metadata(runtime.embedder.fingerprint)
    client = await runtime.index.client()
    await client.set_metadata(collection, {**collection.metadata, **told})
    await runtime.index.find()


async def found(runtime: Runtime, question: str) -> list[Document]:
    return (
        await runtime.retriever.retrieve(question, options_of(runtime.settings, {}), None)
    ).documents


def by_words(document: Document) -> float:
    """What its words add to its cosine."""
    how = document.metadata["found"]
    return float(how["fused"] - how["dense"]["score"])


async def test_words_count_as_the_index_has_measured(settings: Settings) -> None:
    await fill(settings, ENGLISH)
    async with opened(settings) as runtime:
        await runtime.catch_up()
        added = []
        for scatter in (0.06, 0.01):
            await scaled(runtime, Scale(scatter, {"en": 1.0}))
            best = max(await found(runtime, "week 31 pump 31"), key=by_words)
            assert best.page_content == ENGLISH[31]
            added.append(by_words(best))
    assert added[0] == pytest.approx(6 * added[1], rel=1e-3)
    assert added[1] == pytest.approx(0.07, rel=1e-3)


async def test_all_that_is_alike_to_a_model_is_put_in_order_by_words(settings: Settings) -> None:
    """An English model over Arabic texts, with an index that has measured nothing."""
    local = settings.model_copy(update={"embeddings": LOCAL_EMBEDDINGS, "chat_model": LOCAL_CHAT})
    await fill(local, ARABIC)
    async with opened(local) as runtime:
        await runtime.catch_up()
        for question, place in (
            ("متى تغلق الحديقة أبوابها؟", 3),
            ("كم مرة يصل البريد إلى المكاتب؟", 4),
            ("متى يغادر القطار الأخير إلى البصرة؟", 2),
        ):
            first, *others = await found(runtime, question)
            assert first.page_content == ARABIC[place]
            nearest = max(one.metadata["found"]["dense"]["score"] for one in (first, *others))
            assert nearest > 0.5  # as near as that is any Arabic text to it
            assert first.metadata["score"] > 2 * max(one.metadata["score"] for one in others)
