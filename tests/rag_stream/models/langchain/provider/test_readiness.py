"""Whether other providers' models are ready."""

from rag_stream.models.factory import build_chat_model, build_embedder
from rag_stream.models.providers import Providers
from rag_stream.settings import Settings, load_settings
from tests.support.anthropic_server import AnthropicServer
from tests.support.ollama_server import OllamaServer
from tests.support.ports import free_port
from tests.support.provider_chats import settings_for, settings_of


async def obstacles(settings: Settings, embeddings: str | None = None) -> list[str]:
    providers = Providers(settings)
    build_chat_model(settings, build_embedder(load_settings(), None), providers)
    try:
        return await providers.obstacles(settings.chat_model_name, embeddings)
    finally:
        await providers.aclose()


async def test_ollama_is_ready_when_it_has_the_model(ollama: OllamaServer) -> None:
    assert await obstacles(settings_for(ollama)) == []
    ollama.pulled = ["llama3.1:latest"]
    (reason,) = await obstacles(settings_for(ollama))
    assert reason == "the Ollama server has no model 'llama3.2': `ollama pull` fetches it"
    ollama.lists_models = False  # an answer, all the same
    assert await obstacles(settings_for(ollama)) == []


async def test_it_is_ready_when_it_has_the_indexs_model_too(ollama: OllamaServer) -> None:
    chosen = settings_for(ollama)
    settings = chosen.model_copy(update={"embeddings_kwargs": chosen.model_kwargs})
    (reason,) = await obstacles(settings, "ollama:bge-m3")
    assert reason == "the Ollama server has no model 'bge-m3': `ollama pull` fetches it"
    ollama.pulled.append("bge-m3:latest")
    assert await obstacles(settings, "ollama:bge-m3") == []
    # What nothing of it is needed of, is not looked for.
    assert await obstacles(settings, "local:all-MiniLM-L6-v2@53aa5117") == []


async def test_ollamas_address_may_come_without_a_scheme(ollama: OllamaServer) -> None:
    settings = settings_of("ollama", ollama.origin.removeprefix("http://"))
    assert await obstacles(settings) == []


async def test_ollama_is_not_ready_when_it_is_away() -> None:
    away = settings_of("ollama", f"http://127.0.0.1:{free_port()}")
    assert await obstacles(away) == ["the Ollama server does not answer (OLLAMA_HOST)"]


async def test_others_are_not_asked_whether_they_are_ready() -> None:
    """It would cost money."""
    with AnthropicServer() as server:
        assert await obstacles(settings_for(server)) == []
        assert server.calls == []
