"""Keys, addresses and parameters of other providers: where they come from, and bad ones."""

from typing import Any

import pytest

from rag_stream.errors import SettingsError
from rag_stream.models.factory import build_chat_model, build_embedder
from rag_stream.settings import load_settings
from tests.support.anthropic_server import AnthropicServer
from tests.support.ollama_server import OllamaServer
from tests.support.provider_chats import MODELS, PROVIDERS, answer_of, chat_model, settings_of


async def test_the_key_and_the_address_come_from_the_environment_or_dotenv(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    with AnthropicServer() as server:
        (tmp_path / ".env").write_text("ANTHROPIC_API_KEY=sk-from-file\n")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.origin)
        await answer_of(load_settings(chat_model=MODELS["anthropic"]))
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-from-environment")
        await answer_of(load_settings(chat_model=MODELS["anthropic"]))
        keys = [call.headers["authorization"] for call in server.calls]
    assert keys == ["Bearer sk-from-file", "Bearer sk-from-environment"]


async def test_ollamas_host_may_be_named_in_dotenv_without_a_scheme(tmp_path: Any) -> None:
    with OllamaServer() as server:
        host = server.origin.removeprefix("http://")
        (tmp_path / ".env").write_text(f"OLLAMA_HOST={host}\n")
        text, _ = await answer_of(load_settings(chat_model="ollama:llama3.2"))
    assert text == "Hello from the stand-in model."


def require(**settings: Any) -> None:
    loaded = load_settings(**settings)
    embedder = build_embedder(loaded, None)
    build_chat_model(loaded, embedder, None)


def test_a_missing_package_names_the_command() -> None:
    """Before the key is asked for, and without importing anything."""
    with pytest.raises(SettingsError) as caught:
        require(chat_model="mistralai:mistral-small")
    assert str(caught.value) == (
        "RAG_CHAT_MODEL: the provider 'mistralai' needs the package langchain-mistralai: "
        "pip install 'rag-stream[mistralai]'"
    )
    with pytest.raises(SettingsError, match=r"^RAG_EMBEDDINGS: .*'rag-stream\[bedrock\]'$"):
        require(embeddings="bedrock:amazon.titan-embed-text-v2:0")


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"^ANTHROPIC_API_KEY: .* RAG_CHAT_MODEL names"):
        require(chat_model=MODELS["anthropic"])
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "k")
    with pytest.raises(SettingsError, match=r"^AZURE_OPENAI_ENDPOINT, OPENAI_API_VERSION: "):
        require(chat_model="azure_openai:gpt-4o")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"model_kwargs": {"tpo_k": 1}}, r"^RAG_MODEL_KWARGS: Chat\w+ takes no 'tpo_k'; did you"),
        ({"model_kwargs": {"model": "x"}}, r"^RAG_MODEL_KWARGS: the model's name has a variable"),
        ({"model_kwargs": {"top_k": "many"}}, r"^RAG_MODEL_KWARGS: .* cannot be made: top_k: "),
    ],
)
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_bad_parameters_are_told_at_the_start(
    provider: str, changes: dict[str, Any], complaint: str
) -> None:
    async with chat_model(settings_of(provider, "http://127.0.0.1:1", **changes)) as model:
        with pytest.raises(SettingsError, match=complaint) as caught:
            await model.check()
    assert "many" not in str(caught.value)


async def test_azure_gets_connections_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a package that is here anyway."""
    settings = load_settings(
        chat_model="azure_openai:gpt-4o",
        max_tokens=9,
        model_kwargs={
            "api_key": "k",
            "azure_endpoint": "http://127.0.0.1:1",
            "api_version": "2024-10-21",
        },
    )
    async with chat_model(settings) as model:
        await model.check()
        azure: Any = model.runnable
        http = azure.http_async_client
        assert azure.root_async_client._client is http
        assert (azure.max_retries, azure.max_tokens, azure.stream_usage) == (0, 9, True)
        assert azure.stream_chunk_timeout is None
    assert http.is_closed


@pytest.mark.parametrize("name", ["client_kwargs", "async_client_kwargs"])
async def test_parameters_that_are_to_be_objects_are(name: str) -> None:
    settings = settings_of("ollama", "http://127.0.0.1:1", model_kwargs={name: 5})
    with pytest.raises(SettingsError, match=rf"^RAG_MODEL_KWARGS: {name}: expected an object"):
        async with chat_model(settings) as model:
            await model.load()


@pytest.mark.parametrize("key", ["a\x07b", "\u201csk-ant-1\u201d"])
async def test_a_key_that_no_header_can_carry_is_named(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    with pytest.raises(SettingsError, match=r"^ANTHROPIC_API_KEY: expected") as told:
        async with chat_model(load_settings(chat_model=MODELS["anthropic"])) as model:
            await model.load()
    assert "sk-ant-1" not in str(told.value)


async def test_a_timeout_that_was_given_stays() -> None:
    settings = settings_of("anthropic", "http://127.0.0.1:1", model_kwargs={"timeout": 5})
    async with chat_model(settings) as model:
        await model.load()
        client: Any = model.runnable
        assert client._async_client.timeout == 5
