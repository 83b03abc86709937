"""RAG_OPENAI_TRANSPORT=client: the official client's connections and parsing, the same answers."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from rag_stream.errors import EmbeddingBusyError, RagError
from rag_stream.pipeline.runtime import Runtime
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.openai_server import OpenAIServer

QUESTION = {"input": "What is Task Decomposition?"}
TOKENS = ["Task", " decomposition", " splits", " a", " \u2028 task", " up", " [1]", "."]
EMBEDDINGS = "text-embedding-3-small"
OURS = ("chat", "embeddings", "replay", "sse_frames", "transport")
"""The modules of `models/openai` that stay out."""


@pytest.fixture
def client_settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"openai_transport": "client"})


@pytest.fixture
async def runtime(client_settings: Settings) -> AsyncIterator[Runtime]:
    runtime = Runtime(client_settings)
    yield runtime
    await runtime.aclose()


async def chunks_of(settings: Settings) -> list[dict[str, Any]]:
    chain = RagChain(settings)
    try:
        return [dict(chunk) async for chunk in chain.astream(QUESTION)]
    finally:
        await chain.aclose()


def joined(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for chunk in chunks:
        for key, value in chunk.items():
            whole[key] = whole[key] + value if key in whole else value
    of_one_run = {"run_id", "timings_ms"}
    status = {key: value for key, value in whole["status"].items() if key not in of_one_run}
    return {**whole, "status": status}


async def test_the_answer_is_the_same_and_so_is_what_the_server_is_asked(
    settings: Settings, client_settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(settings)
    openai_server.calls.clear()
    openai_server.script(answer=TOKENS)
    direct, by_client = [joined(await chunks_of(each)) for each in (settings, client_settings)]
    assert by_client == direct
    assert by_client["answer"] == "".join(TOKENS)
    assert by_client["status"]["usage"]["output_tokens"] == len(TOKENS)
    for calls in (openai_server.chats, openai_server.embeddings):
        first, second = calls
        assert first.body == second.body
        assert first.headers["authorization"] == second.headers["authorization"]


async def test_each_token_is_a_chunk_of_its_own_as_the_client_parses_them(
    client_settings: Settings, openai_server: OpenAIServer
) -> None:
    """Our parser hands on what has arrived together as one piece."""
    await fill(client_settings)
    flood = [f"word{number} " for number in range(500)]
    openai_server.script(answer=flood)
    chunks = await chunks_of(client_settings.model_copy(update={"citations": False}))
    assert [chunk["answer"] for chunk in chunks if chunk.get("answer")] == flood


async def test_the_request_does_not_ask_for_the_raw_answer(
    settings: Settings, client_settings: Settings, openai_server: OpenAIServer
) -> None:
    """The header by which our parser gets at the client's answer says who reads it."""
    await fill(settings)
    await chunks_of(settings)
    await chunks_of(client_settings)
    direct, by_client = (
        call.headers.get("x-stainless-raw-response") for call in openai_server.chats
    )
    assert (direct, by_client) == ("stream", None)


async def test_none_of_our_own_is_even_imported(
    client_settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(client_settings)
    program = (
        "import sys, rag_stream\n"
        "whole = rag_stream.chain.invoke({'input': 'What is Task Decomposition?'})\n"
        "print(whole['answer'])\n"
        "print(*(name for name in sys.modules if name.startswith('rag_stream.models.openai.')))\n"
    )
    environment = {
        **openai_server.environment,
        "RAG_OPENAI_TRANSPORT": "client",
        "RAG_CHROMA_URL": str(client_settings.chroma_url),
        "RAG_COLLECTION": client_settings.collection,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, env=environment, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    answer, modules = out.decode().splitlines()
    assert answer == "Hello from the stand-in model."
    loaded = {name.removeprefix("rag_stream.models.openai.") for name in modules.split()}
    assert "access" in loaded
    assert not loaded & set(OURS)


@pytest.mark.parametrize(
    "fault",
    [{"status": 401}, {"status": 429}, {"status": 500}, {"drop_after": 2}, {"error_after": 2}],
)
async def test_failures_are_told_alike(
    settings: Settings,
    client_settings: Settings,
    openai_server: OpenAIServer,
    fault: dict[str, Any],
) -> None:
    await fill(settings)
    openai_server.script("gpt-4o-mini", answer=TOKENS, **fault)
    told = []
    for each in (settings, client_settings):
        with pytest.raises(RagError) as caught:
            await chunks_of(each.model_copy(update={"retries": 0}))
        told.append((type(caught.value), str(caught.value)))
    assert told[0] == told[1]


async def test_leaving_early_ends_the_request(
    client_settings: Settings, openai_server: OpenAIServer
) -> None:
    await fill(client_settings)
    openai_server.script("gpt-4o-mini", answer=["a "] * 1000, tokens_per_second=50)
    chain = RagChain(client_settings)
    async with aclosing(chain.astream(QUESTION)) as chunks:
        async for chunk in chunks:
            if chunk.get("answer"):
                break
    await openai_server.until(lambda: openai_server.live == 0)
    assert openai_server.chats[0].outcome == "abandoned"
    await chain.aclose()


async def test_a_question_is_embedded_again_as_often_as_is_set(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    openai_server.script(EMBEDDINGS, status=429)
    with pytest.raises(EmbeddingBusyError):
        await runtime.embedder.embed_question("Why?")
    assert len(openai_server.embeddings) == 1 + runtime.settings.retries


async def test_chunks_keep_the_clients_own_retries(
    runtime: Runtime, openai_server: OpenAIServer
) -> None:
    openai_server.once(EMBEDDINGS, status=500)
    assert len(await runtime.embedder.embed_chunks(["one", "two"])) == 2
    assert [call.body["input"] for call in openai_server.embeddings] == [["one", "two"]] * 2


async def test_readiness_asks_through_the_clients_connections(client_settings: Settings) -> None:
    await fill(client_settings)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{nobody.getsockname()[1]}/v1"
        for url, reasons in (
            (client_settings.openai_base_url, []),
            (gone, ["the OpenAI-compatible server does not answer (OPENAI_BASE_URL)"]),
        ):
            runtime = Runtime(client_settings.model_copy(update={"openai_base_url": url}))
            try:
                obstacles = await runtime.readiness.obstacles()
                assert [why.words for why in obstacles] == reasons
            finally:
                await runtime.aclose()
