"""What the service fetches when it starts, so that no question has to wait for it."""

import httpx

from app.page.overview import Overview
from app.server import _warm, create_app
from rag_stream.calibration.asking import recalibrate
from rag_stream.calibration.everyday import everyday
from rag_stream.calibration.kept import PAGE, name_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.gateway import Gateway
from tests.support.retrieval import until

PAGES = -(-sum(map(len, everyday().values())) // PAGE)


async def test_the_everyday_vectors_are_there_before_the_first_question(
    settings: Settings,
) -> None:
    await fill(settings)
    runtime = Runtime(settings)
    try:
        made = await recalibrate(runtime.index, runtime.embedder)
        assert made is not None
        dimension = int((await runtime.index.snapshot()).collection.metadata["dimension"])
        kept = await (await runtime.index.client()).find(name_of(made.model, dimension))
        assert kept is not None
    finally:
        await runtime.aclose()
    assert settings.chroma_url is not None
    with Gateway(int(settings.chroma_url.rpartition(":")[2])) as gateway:
        through = settings.model_copy(update={"chroma_url": gateway.url})
        app = create_app(RagChain(through))
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://test") as client,
        ):
            await until(lambda: gateway.passed(f"/{kept.id}/get") == PAGES)
            for _ in range(2):
                response = await client.post("/rag/invoke", json={"input": {"input": "Wick?"}})
                assert response.status_code == 200
        assert gateway.passed(f"/{kept.name}") == 1
        assert gateway.passed(f"/{kept.id}/get") == PAGES


async def test_the_first_page_finds_what_the_index_holds(settings: Settings) -> None:
    await fill(settings)
    runtime = Runtime(settings)
    overview = Overview(lambda: runtime, wait_s=60.0)
    try:
        await _warm(runtime, overview)
        assert (overview._seen.documents, overview._seen.obstacles) == (1, ())
    finally:
        await overview.aclose()
        await runtime.aclose()
