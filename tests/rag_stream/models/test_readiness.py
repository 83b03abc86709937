"""Only the models that questions need now keep the service from being ready."""

from contextlib import aclosing

import pytest

from rag_stream.models import readiness
from rag_stream.models.embedders import Embedders
from rag_stream.models.factory import build_chat_model
from rag_stream.models.providers import Providers
from rag_stream.models.readiness import Readiness
from rag_stream.settings import LOCAL_EMBEDDINGS, load_settings
from tests.support.ports import free_port

AWAY = "the OpenAI-compatible server does not answer (OPENAI_BASE_URL)"


async def test_a_model_that_the_index_had_before_is_not_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = load_settings(
        openai_base_url=f"http://127.0.0.1:{free_port()}/v1", chat_model="local:extractive"
    )
    async with aclosing(Providers(settings)) as providers:
        embedders, ready = Embedders(settings, providers), Readiness(providers)
        model = build_chat_model(settings, None, providers)
        far, local = embedders.new("openai:bge-m3"), embedders.new(LOCAL_EMBEDDINGS)
        # Each look is remembered for a while, but of one model it tells nothing of another.
        monkeypatch.setattr(readiness, "KEPT_S", 3600.0)
        assert await ready.obstacles(far, model) == [AWAY]
        assert await ready.obstacles(local, model) == []
        assert await ready.obstacles(None, model) == []
        assert await ready.obstacles(far, model) == [AWAY]
    assert local.local is not None
    assert local.local.is_loaded  # so that no question waits for it
