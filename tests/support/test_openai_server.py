"""The stand-in for OpenAI's API, driven by OpenAI's own client."""

import json
import subprocess
import sys
from typing import Any

import httpx
import openai
import pytest
from openai import AsyncOpenAI

from tests.support.openai_client import ASK, HOSTILE, chunks_of, text_of
from tests.support.openai_server import OpenAIServer
from tests.support.paths import ROOT
from tests.support.script import tokens_of


async def test_whole_answer(openai_server: OpenAIServer, client: AsyncOpenAI) -> None:
    openai_server.script(answer="Because it rained.")
    answer = await client.chat.completions.create(**ASK)
    assert answer.choices[0].message.content == "Because it rained."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (3, 3)


async def test_stream_has_the_shape_of_the_real_one(
    openai_server: OpenAIServer, client: AsyncOpenAI
) -> None:
    openai_server.script(answer=HOSTILE)
    chunks = await chunks_of(client, stream_options={"include_usage": True})
    first, *pieces, last, usage = chunks
    assert (first.choices[0].delta.role, first.choices[0].delta.content) == ("assistant", "")
    assert [piece.choices[0].delta.content for piece in pieces] == HOSTILE
    assert last.choices[0].finish_reason == "stop"
    assert last.choices[0].delta.content is None
    assert usage.choices == []
    assert usage.usage.completion_tokens == len(HOSTILE)
    assert usage.usage.total_tokens == usage.usage.prompt_tokens + len(HOSTILE)
    assert all(chunk.usage is None for chunk in chunks[:-1])
    assert len({(chunk.id, chunk.created, chunk.object) for chunk in chunks}) == 1


async def test_usage_comes_only_when_asked_for(client: AsyncOpenAI) -> None:
    chunks = await chunks_of(client)
    assert all(chunk.choices and chunk.usage is None for chunk in chunks)


async def test_bytes_on_the_wire_end_with_done(openai_server: OpenAIServer) -> None:
    async with httpx.AsyncClient(trust_env=False) as plain:
        answer = await plain.post(
            f"{openai_server.url}/chat/completions", json={**ASK, "stream": True}
        )
    assert answer.headers["content-type"].startswith("text/event-stream")
    *events, done, rest = answer.text.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    assert all(json.loads(event.removeprefix("data: "))["choices"] for event in events)


async def test_token_limit_ends_with_length(
    openai_server: OpenAIServer, client: AsyncOpenAI
) -> None:
    openai_server.script(answer="one two three four")
    chunks = await chunks_of(client, max_tokens=2)
    assert text_of(chunks) == "one two"
    assert chunks[-1].choices[0].finish_reason == "length"


async def test_answer_may_depend_on_the_request(
    openai_server: OpenAIServer, client: AsyncOpenAI
) -> None:
    openai_server.script("gpt-4o-mini", answer=lambda body: body["messages"][-1]["content"].upper())
    openai_server.script(answer="another model")
    assert text_of(await chunks_of(client)) == "WHY IS THAT?"
    call = openai_server.chats[0]
    assert call.prompt == "Why is that?"
    assert call.headers["authorization"] == "Bearer sk-x"
    await openai_server.until(lambda: call.outcome == "finished")


async def test_paced_tokens_all_arrive(openai_server: OpenAIServer, client: AsyncOpenAI) -> None:
    openai_server.script(answer=list("abcdefghij"), tokens_per_second=200, first_token_delay=0.05)
    assert text_of(await chunks_of(client)) == "abcdefghij"


async def test_embeddings_are_the_same_in_both_encodings(client: AsyncOpenAI) -> None:
    ask: Any = {"model": "text-embedding-3-small", "input": ["one text", "other"], "dimensions": 32}
    as_base64 = await client.embeddings.create(**ask)  # what the client asks for by itself
    as_floats = await client.embeddings.create(**ask, encoding_format="float")
    for left, right in zip(as_base64.data, as_floats.data, strict=True):
        assert left.embedding == pytest.approx(right.embedding, abs=1e-7)
        assert len(left.embedding) == 32
        assert sum(x * x for x in left.embedding) == pytest.approx(1)
    assert as_base64.usage.prompt_tokens == 3


async def test_model_list(openai_server: OpenAIServer, client: AsyncOpenAI) -> None:
    openai_server.script("my-model", answer="x")
    assert "my-model" in [model.id async for model in client.models.list()]


async def test_unknown_path_is_an_openai_error(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        await client.moderations.create(input="x")


def test_tokens_join_to_their_text() -> None:
    text = "  Two words,\n\nthen more. \n"
    assert "".join(tokens_of(text)) == text


def test_runs_as_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "tests.support.openai_server", "--tokens", "3"]
    root = ROOT
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            answer = httpx.get(f"{address}/models", trust_env=False)
            assert answer.json()["object"] == "list"
        finally:
            process.terminate()
