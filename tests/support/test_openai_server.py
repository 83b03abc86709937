"""The stand-in for OpenAI's API, driven by OpenAI's own client and by LangChain's."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import openai
import pytest
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from openai import AsyncOpenAI
from pydantic import SecretStr

from tests.support.openai_server import OpenAIServer
from tests.support.paths import ROOT
from tests.support.script import tokens_of

ASK: Any = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Why is that?"}]}
HOSTILE = ["a\u2028b", "", "🎉", " \n\n", '"quoted"\\', "\u0085", "data: [DONE]\n\n", "é"]


@pytest.fixture
async def client(openai_server: OpenAIServer) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(api_key="sk-x", base_url=openai_server.url, max_retries=0) as client:
        yield client


async def chunks_of(client: AsyncOpenAI, **options: Any) -> list[Any]:
    stream = await client.chat.completions.create(**ASK, stream=True, **options)
    return [chunk async for chunk in stream]


async def read_into(seen: list[Any], stream: Any) -> None:
    async for chunk in stream:
        seen.append(chunk)


def text_of(chunks: list[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


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
    assert call.outcome == "finished"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
    ],
)
async def test_http_errors_before_the_stream(
    openai_server: OpenAIServer, client: AsyncOpenAI, status: int, kind: type[openai.APIStatusError]
) -> None:
    openai_server.once(status=status, retry_after="7", error_message="not now")
    with pytest.raises(kind, match="not now") as caught:
        await chunks_of(client)
    assert caught.value.response.headers["retry-after"] == "7"
    assert text_of(await chunks_of(client))  # `once` is used up
    assert [call.outcome for call in openai_server.calls] == ["failed", "finished"]


async def test_connection_cut_in_mid_stream(
    openai_server: OpenAIServer, client: AsyncOpenAI
) -> None:
    openai_server.script(answer=list("abcdef"), drop_after=3)
    seen: list[Any] = []
    stream = await client.chat.completions.create(**ASK, stream=True)
    with pytest.raises((httpx.RemoteProtocolError, openai.APIConnectionError)):
        await read_into(seen, stream)
    assert text_of(seen) == "abc"
    assert openai_server.calls[0].outcome == "dropped"


async def test_connection_cut_in_a_whole_answer(
    openai_server: OpenAIServer, client: AsyncOpenAI
) -> None:
    openai_server.script(drop_after=0)
    with pytest.raises(openai.APIConnectionError):
        await client.chat.completions.create(**ASK)


async def test_error_event_in_mid_stream(openai_server: OpenAIServer, client: AsyncOpenAI) -> None:
    openai_server.script(error_after=1, error_message="overloaded")
    with pytest.raises(openai.APIError, match="overloaded"):
        await chunks_of(client)


@pytest.mark.parametrize("point", ["response", "first_token"])
async def test_hang_lasts_until_the_client_leaves(
    openai_server: OpenAIServer, client: AsyncOpenAI, point: str
) -> None:
    openai_server.script(hang=point)
    with pytest.raises((httpx.ReadTimeout, openai.APITimeoutError)):
        await chunks_of(client, timeout=0.3)
    await openai_server.until(lambda: openai_server.live == 0)
    assert openai_server.calls[0].outcome == "abandoned"


async def test_a_client_that_leaves_ends_its_stream(
    openai_server: OpenAIServer, client: AsyncOpenAI
) -> None:
    openai_server.script(answer=["x"] * 10_000, tokens_per_second=500)
    stream = await client.chat.completions.create(**ASK, stream=True)
    await anext(stream)
    await openai_server.until(lambda: openai_server.calls[0].tokens_sent > 2)
    assert openai_server.live == 1
    await stream.close()
    await openai_server.until(lambda: openai_server.live == 0)
    assert openai_server.calls[0].outcome == "abandoned"
    assert openai_server.calls[0].tokens_sent < 10_000


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


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """LangChain's own default client is shared by all event loops and never closed."""
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


async def test_langchain_chat_model(openai_server: OpenAIServer, http: httpx.AsyncClient) -> None:
    openai_server.script(answer=HOSTILE)
    model = ChatOpenAI(
        model="gpt-4o-mini",
        api_key=SecretStr("sk-x"),
        base_url=openai_server.url,
        stream_usage=True,
        max_retries=0,
        http_async_client=http,
    )
    message = None
    async for chunk in model.astream("Why?"):
        message = chunk if message is None else message + chunk
    assert message is not None
    assert message.content == "".join(HOSTILE)
    assert message.usage_metadata is not None
    assert message.usage_metadata["output_tokens"] == len(HOSTILE)
    assert message.response_metadata["finish_reason"] == "stop"
    assert (await model.ainvoke("Why?")).content == "".join(HOSTILE)


async def test_langchain_embeddings_put_like_texts_near(
    openai_server: OpenAIServer, http: httpx.AsyncClient
) -> None:
    model = OpenAIEmbeddings(
        model="text-embedding-3-small",
        openai_api_key=SecretStr("sk-x"),
        openai_api_base=openai_server.url,
        check_embedding_ctx_length=False,
        http_async_client=http,
    )
    texts = ["The cat slept on the warm roof.", "Interest rates rose in the spring."]
    cat, rates = await model.aembed_documents(texts)
    question = await model.aembed_query("Where did the cat sleep?")

    def near(vector: list[float]) -> float:
        return sum(a * b for a, b in zip(question, vector, strict=True))

    assert near(cat) > near(rates) + 0.1
    assert openai_server.embeddings[0].body["input"] == texts


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
