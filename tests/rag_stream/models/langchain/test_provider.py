"""Chat models of other providers: their real packages against stand-ins of their servers."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import Any

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from rag_stream.answer_piece import AnswerPiece
from rag_stream.errors import (
    ConnectTimeoutError,
    EmbeddingBusyError,
    EmbeddingFailedError,
    ModelBusyError,
    ModelFailedError,
    ModelRejectedError,
    ModelTimeoutError,
    RagError,
    SettingsError,
)
from rag_stream.models.factory import ChatModel, build_chat_model, build_embedder
from rag_stream.models.message_pieces import message_pieces
from rag_stream.models.providers import Providers
from rag_stream.pipeline.deadlines import Deadlines, Limits
from rag_stream.pipeline.generation import generate
from rag_stream.settings import Settings, load_settings
from tests.support.anthropic_server import AnthropicServer
from tests.support.model_server import ModelServer
from tests.support.ollama_server import OllamaServer
from tests.support.script import Call
from tests.support.service import free_port

MESSAGES = [SystemMessage("Be brief."), HumanMessage("Why is it so?")]
MODELS = {"anthropic": "anthropic:claude-stand-in", "ollama": "ollama:llama3.2"}
SERVERS: dict[str, type[ModelServer]] = {"anthropic": AnthropicServer, "ollama": OllamaServer}
PROVIDERS = tuple(SERVERS)
PATIENT = Limits(30, 30, 60)


@pytest.fixture(params=PROVIDERS)
def server(request: pytest.FixtureRequest) -> Iterator[ModelServer]:
    """One provider's stand-in after the other."""
    with SERVERS[request.param]() as server:
        yield server


def settings_for(server: ModelServer, **changes: Any) -> Settings:
    provider = next(name for name, kind in SERVERS.items() if isinstance(server, kind))
    return settings_of(provider, server.origin, **changes)


def settings_of(provider: str, url: str, **changes: Any) -> Settings:
    kwargs = {"base_url": url, **changes.pop("model_kwargs", {})}
    if provider == "anthropic":
        kwargs.setdefault("api_key", "sk-ant-stand-in")
    return load_settings(chat_model=MODELS[provider], model_kwargs=kwargs, **changes)


@asynccontextmanager
async def chat_model(settings: Settings) -> AsyncGenerator[ChatModel, None]:
    providers = Providers(settings)
    embedder = build_embedder(load_settings(), None)
    try:
        yield build_chat_model(settings, embedder, providers)
    finally:
        await providers.aclose()


async def pieces(
    model: ChatModel, *, retries: int = 0, limits: Limits = PATIENT
) -> AsyncGenerator[AnswerPiece, None]:
    await model.load()
    started = asyncio.get_running_loop().time()
    answer = generate(
        partial(message_pieces, model.runnable, MESSAGES, None, model.wire),
        Deadlines(limits, started, model.name),
        model=model.name,
        reports_finish=model.reports_finish,
        retries=retries,
        wire=model.wire,
    )
    async with aclosing(answer):
        async for piece in answer:
            yield piece


async def answer_of(settings: Settings, **rules: Any) -> tuple[str, AnswerPiece]:
    """The text, and how it ended."""
    text, end = "", AnswerPiece()
    async with chat_model(settings) as model, aclosing(pieces(model, **rules)) as answer:
        async for piece in answer:
            text += piece.text
            end.finish_reason = piece.finish_reason or end.finish_reason
            end.usage = piece.usage or end.usage
    return text, end


async def failure_of(settings: Settings, **rules: Any) -> tuple[str, RagError]:
    """The text that came, and the failure that ended it."""
    text = ""
    async with chat_model(settings) as model, aclosing(pieces(model, **rules)) as answer:
        with pytest.raises(RagError) as caught:  # noqa: PT012 - the text before it counts
            async for piece in answer:
                text += piece.text
    assert "scripted" not in str(caught.value)
    return text, caught.value


async def test_an_answer_its_end_and_its_usage(server: ModelServer) -> None:
    server.script(answer="One two three four.")
    text, end = await answer_of(settings_for(server))
    assert text == "One two three four."
    assert end.finish_reason == "stop"
    assert end.usage["output_tokens"] == 4
    assert end.usage["total_tokens"] == end.usage["input_tokens"] + 4
    assert end.usage["input_tokens"] > 0


async def test_text_is_handed_on_while_the_model_is_still_writing(server: ModelServer) -> None:
    server.script(answer="One two three.", hold_after=2)
    seen = ""
    async with (
        asyncio.timeout(30),
        chat_model(settings_for(server)) as model,
        aclosing(pieces(model)) as answer,
    ):
        async for piece in answer:
            seen += piece.text
            if seen == "One two":
                script = server.script_for(model.name.partition(":")[2])
                assert not script.release.is_set()
                script.release.set()
    assert seen == "One two three."


async def test_an_answer_cut_off_by_the_settings_says_so(server: ModelServer) -> None:
    server.script(answer="One two three four.")
    text, end = await answer_of(settings_for(server, max_tokens=2, temperature=0.5))
    assert (text, end.finish_reason) == ("One two", "length")
    body = server.calls[0].body
    options = body.get("options", body)
    assert options.get("num_predict", options.get("max_tokens")) == 2
    assert options["temperature"] == 0.5


async def test_an_answer_kept_back_by_a_filter_says_so() -> None:
    with AnthropicServer(finish_reason="content_filter") as server:
        assert (await answer_of(settings_for(server)))[1].finish_reason == "content_filter"


async def test_other_parameters_reach_the_wire(server: ModelServer) -> None:
    await answer_of(settings_for(server, model_kwargs={"top_k": 7}))
    body = server.calls[0].body
    assert body.get("options", body)["top_k"] == 7


async def test_a_rate_limit_is_passed_on_with_its_time(server: ModelServer) -> None:
    server.script(status=429, retry_after="7")
    text, failure = await failure_of(settings_for(server), retries=2)
    assert type(failure) is ModelBusyError
    assert (text, failure.retry_after) == ("", "7")
    assert len(server.calls) == 1


@pytest.mark.parametrize("retries", [0, 1])
async def test_only_the_service_asks_again(server: ModelServer, retries: int) -> None:
    server.script(status=500)
    _, failure = await failure_of(settings_for(server), retries=retries)
    assert type(failure) is ModelFailedError
    assert str(failure).endswith("failed (status 500)")
    assert len(server.calls) == retries + 1


async def test_asked_again_it_answers(server: ModelServer) -> None:
    server.once(status=503)
    text, _ = await answer_of(settings_for(server), retries=1)
    assert text == "Hello from the stand-in model."


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "refused the request (status 400)"),
        (401, "refused the service's credentials (status 401)"),
        (403, "refused the service's credentials (status 403)"),
        (404, "refused the request (status 404)"),
    ],
)
async def test_what_does_not_help_is_not_asked_again(
    server: ModelServer, status: int, words: str
) -> None:
    server.script(status=status)
    _, failure = await failure_of(settings_for(server), retries=2)
    assert type(failure) is ModelRejectedError
    assert str(failure).endswith(words)
    assert len(server.calls) == 1


@pytest.mark.parametrize("fault", [{"error_after": 2}, {"drop_after": 2}, {"finish_reason": None}])
async def test_an_answer_that_breaks_off_is_a_failure(
    server: ModelServer, fault: dict[str, Any]
) -> None:
    server.script(answer=["One", " two"] if "finish_reason" in fault else "One two three.", **fault)
    text, failure = await failure_of(settings_for(server), retries=2)
    assert text == "One two"
    assert type(failure) is ModelFailedError
    assert failure.retryable
    assert len(server.calls) == 1


async def test_a_server_that_is_not_there(server: ModelServer) -> None:
    provider = next(name for name, kind in SERVERS.items() if isinstance(server, kind))
    _, failure = await failure_of(settings_of(provider, f"http://127.0.0.1:{free_port()}"))
    assert type(failure) is ModelFailedError
    assert str(failure) == f"the chat model {MODELS[provider]!r} cannot be reached"


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_server_that_takes_no_connection(provider: str, deaf_server: str) -> None:
    settings = settings_of(provider, deaf_server, connect_timeout_s=0.2)
    async with asyncio.timeout(30):
        _, failure = await failure_of(settings)
    assert type(failure) is ConnectTimeoutError


async def test_a_silent_model_is_given_up_and_hears_of_it(server: ModelServer) -> None:
    server.script(hang="first_token")
    _, failure = await failure_of(settings_for(server), limits=Limits(0.3, 30, 60))
    assert isinstance(failure, ModelTimeoutError)
    await server.until(lambda: outcomes(server.calls) == ["abandoned"])


@pytest.mark.parametrize("after", [0, 2])
async def test_a_cancelled_question_leaves_the_socket(server: ModelServer, after: int) -> None:
    """While the model is silent: before its first word, and between two."""
    server.script(answer="One two three.", hold_after=after)
    seen: list[str] = []

    async def read() -> None:
        async with chat_model(settings_for(server)) as model, aclosing(pieces(model)) as answer:
            async for piece in answer:
                seen.append(piece.text)

    reading = asyncio.create_task(read())
    await server.until(lambda: bool(server.calls) and server.calls[0].tokens_sent == after)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await server.until(lambda: outcomes(server.calls) == ["abandoned"])


async def test_an_answer_left_in_the_middle_leaves_the_socket(server: ModelServer) -> None:
    """While the model goes on writing, and its reader has had enough."""
    server.script(answer=["word "] * 20_000, tokens_per_second=200)
    async with chat_model(settings_for(server)) as model:
        answer = pieces(model)
        async for piece in answer:
            if piece.text:
                break
        await answer.aclose()
        await server.until(lambda: outcomes(server.calls) == ["abandoned"])


def test_one_process_may_have_several_event_loops(server: ModelServer) -> None:
    """LangChain's own clients are shared by all of them, which breaks the second one."""
    for _ in range(3):
        text, _end = asyncio.run(answer_of(settings_for(server)))
        assert text == "Hello from the stand-in model."


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


@pytest.fixture
def ollama() -> Iterator[OllamaServer]:
    with OllamaServer() as server:
        yield server


def embedding_settings(server: OllamaServer, **changes: Any) -> Settings:
    return load_settings(
        embeddings="ollama:nomic-embed-text",
        embeddings_kwargs={"base_url": server.origin},
        **changes,
    )


async def test_embeddings_of_another_provider(ollama: OllamaServer) -> None:
    settings = embedding_settings(ollama)
    providers = Providers(settings)
    try:
        embedder = build_embedder(settings, providers)
        await embedder.check()
        assert embedder.fingerprint == "ollama:nomic-embed-text"
        question = await embedder.embed_question("Why?")
        (chunk,) = await embedder.embed_chunks(["Why?"])
        assert list(question) == pytest.approx(chunk)
        assert [call.path for call in ollama.calls] == ["/api/embed", "/api/embed"]
    finally:
        await providers.aclose()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 429, "retry_after": "9"}, EmbeddingBusyError),
        ({"status": 500}, EmbeddingFailedError),
    ],
)
async def test_embeddings_that_fail(
    ollama: OllamaServer, fault: dict[str, Any], kind: type[RagError]
) -> None:
    ollama.script(**fault)
    settings = embedding_settings(ollama, retries=0)
    providers = Providers(settings)
    try:
        with pytest.raises(RagError) as caught:
            await build_embedder(settings, providers).embed_question("Why?")
    finally:
        await providers.aclose()
    assert type(caught.value) is kind
    assert caught.value.retry_after == fault.get("retry_after")


async def test_azures_questions_are_not_asked_again_by_its_client() -> None:
    """Texts are: an ingest has the time."""
    kwargs = {"api_key": "k", "azure_endpoint": "http://127.0.0.1:1", "api_version": "2024-10-21"}
    settings = load_settings(embeddings="azure_openai:small", embeddings_kwargs=kwargs)
    providers = Providers(settings)
    try:
        embedder = build_embedder(settings, providers)
        await embedder.check()
        split: Any = embedder.embeddings
        assert split._questions.max_retries == 0
        assert split._texts.max_retries > 0
    finally:
        await providers.aclose()


async def obstacles(settings: Settings) -> list[str]:
    providers = Providers(settings)
    build_chat_model(settings, build_embedder(load_settings(), None), providers)
    try:
        return await providers.obstacles()
    finally:
        await providers.aclose()


async def test_ollama_is_ready_when_it_has_the_model(ollama: OllamaServer) -> None:
    assert await obstacles(settings_for(ollama)) == []
    ollama.pulled = ["llama3.1:latest"]
    (reason,) = await obstacles(settings_for(ollama))
    assert reason == "the Ollama server has no model 'llama3.2': `ollama pull` fetches it"
    ollama.lists_models = False  # an answer, all the same
    assert await obstacles(settings_for(ollama)) == []


async def test_ollama_is_not_ready_when_it_is_away() -> None:
    away = settings_of("ollama", f"http://127.0.0.1:{free_port()}")
    assert await obstacles(away) == ["the Ollama server does not answer (OLLAMA_HOST)"]


async def test_others_are_not_asked_whether_they_are_ready() -> None:
    """It would cost money."""
    with AnthropicServer() as server:
        assert await obstacles(settings_for(server)) == []
        assert server.calls == []


def outcomes(calls: list[Call]) -> list[str]:
    return [call.outcome for call in calls]
