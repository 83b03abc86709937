"""Chat models of other providers, before stand-ins of their servers: asked, and what came."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import Any

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from rag_stream.answer_piece import AnswerPiece
from rag_stream.errors import RagError
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

MESSAGES = [SystemMessage("Be brief."), HumanMessage("Why is it so?")]
MODELS = {"anthropic": "anthropic:claude-stand-in", "ollama": "ollama:llama3.2"}
SERVERS: dict[str, type[ModelServer]] = {"anthropic": AnthropicServer, "ollama": OllamaServer}
PROVIDERS = tuple(SERVERS)
PATIENT = Limits(30, 30, 60)


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


def outcomes(calls: list[Call]) -> list[str]:
    return [call.outcome for call in calls]
