"""Our reading of OpenAI's stream against the official client's."""

import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai
import pytest
from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.messages import AIMessageChunk, HumanMessage
from langchain_openai import ChatOpenAI

from rag_stream.models.openai.chat import StreamingChatOpenAI
from rag_stream.models.openai.transport import PooledClient
from tests.support.openai_server import OpenAIServer

ASK = [HumanMessage("Tell me.")]


@pytest.fixture(params=["our connections", "the client's"])
async def http(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    kind = PooledClient if request.param == "our connections" else openai.DefaultAsyncHttpxClient
    async with kind(timeout=httpx2.Timeout(30.0)) as client:
        yield client


def model(kind: type[ChatOpenAI], server: OpenAIServer, http: Any) -> Any:
    return kind(
        model="gpt-4o-mini",
        base_url=server.url,
        api_key="sk-stand-in",
        stream_usage=True,
        max_retries=0,
        http_async_client=http,
    )


async def whole(model: ChatOpenAI, **kwargs: Any) -> AIMessageChunk:
    joined: Any = None
    async for chunk in model.astream(ASK, **kwargs):
        joined = chunk if joined is None else joined + chunk
    return joined


@pytest.mark.parametrize(
    "script",
    [
        {},
        {"answer": ["one", "\u2028", "", "👩", "\u200d", "👧", '"\n']},
        {"finish_reason": "length"},
        {"finish_reason": "content_filter"},
        {"answer": "word " * 2000},
    ],
)
async def test_gives_what_the_official_client_gives(
    openai_server: OpenAIServer, http: Any, script: dict[str, Any]
) -> None:
    openai_server.script(**script)
    ours = await whole(model(StreamingChatOpenAI, openai_server, http))
    theirs = await whole(model(ChatOpenAI, openai_server, http))
    assert ours.content == theirs.content
    assert ours.usage_metadata == theirs.usage_metadata
    assert ours.response_metadata["finish_reason"] == theirs.response_metadata["finish_reason"]
    first, second = openai_server.chats
    assert first.body == second.body


async def test_deltas_give_the_same_text_ending_and_usage(
    openai_server: OpenAIServer, http: Any
) -> None:
    ours = model(StreamingChatOpenAI, openai_server, http)
    pieces = [piece async for piece in ours.pieces(ASK)]
    theirs = await whole(model(ChatOpenAI, openai_server, http))
    assert "".join(piece.text for piece in pieces) == theirs.content
    assert [d.finish_reason for d in pieces if d.finish_reason] == ["stop"]
    assert [d.usage for d in pieces if d.usage] == [theirs.usage_metadata]


@pytest.mark.parametrize("count", [1, 2, 7])
async def test_a_token_comes_while_the_model_still_holds_the_next(
    openai_server: OpenAIServer, http: Any, count: int
) -> None:
    go_on = threading.Event()
    openai_server.script(answer=["a "] * 20, hold_after=count, release=go_on)
    text = ""
    async for piece in model(StreamingChatOpenAI, openai_server, http).pieces(ASK):
        text += piece.text
        if not go_on.is_set() and len(text) == 2 * count:
            assert openai_server.chats[0].tokens_sent == count
            go_on.set()
    assert go_on.is_set()
    assert text == "a " * 20


async def test_a_flood_comes_whole(openai_server: OpenAIServer, http: Any) -> None:
    openai_server.script(answer=["a "] * 5000)
    pieces = model(StreamingChatOpenAI, openai_server, http).pieces(ASK)
    assert "".join([piece.text async for piece in pieces]) == "a " * 5000


async def test_callbacks_hear_every_chunk(openai_server: OpenAIServer, http: Any) -> None:
    heard: list[str] = []

    class Ear(AsyncCallbackHandler):
        async def on_llm_new_token(self, token: str, **kwargs: Any) -> None:
            heard.append(token)

    ours = model(StreamingChatOpenAI, openai_server, http)
    joined = await whole(ours, config={"callbacks": [Ear()]})
    assert "".join(heard) == joined.content


async def test_requests_for_more_than_text_go_the_parents_way(
    openai_server: OpenAIServer, http: Any
) -> None:
    ours = model(StreamingChatOpenAI, openai_server, http)
    assert (await whole(ours, logprobs=True)).content
    assert openai_server.chats[0].body["logprobs"] is True


@pytest.mark.parametrize("fault", [{"status": 500}, {"drop_after": 2}, {"error_after": 2}])
async def test_faults_raise_what_the_official_client_raises(
    openai_server: OpenAIServer, http: Any, fault: dict[str, Any]
) -> None:
    openai_server.script(**fault)
    with pytest.raises(openai.OpenAIError) as theirs:
        await whole(model(ChatOpenAI, openai_server, http))
    with pytest.raises(openai.OpenAIError) as ours:
        await whole(model(StreamingChatOpenAI, openai_server, http))
    assert isinstance(ours.value, openai.APIError) is isinstance(theirs.value, openai.APIError)


async def test_leaving_early_ends_the_request(openai_server: OpenAIServer, http: Any) -> None:
    openai_server.script(answer=["a "] * 1000, tokens_per_second=50)
    stream = model(StreamingChatOpenAI, openai_server, http).pieces(ASK)
    async for piece in stream:
        if piece.text:
            break
    await stream.aclose()
    await openai_server.until(lambda: openai_server.live == 0)
    assert openai_server.chats[0].outcome == "abandoned"


async def test_what_came_before_a_fault_is_handed_on(
    openai_server: OpenAIServer, http: Any
) -> None:
    openai_server.script(answer=["one ", "two ", "three "], error_after=2)
    texts: list[str] = []

    async def read() -> None:
        async for piece in model(StreamingChatOpenAI, openai_server, http).pieces(ASK):
            texts.append(piece.text)

    with pytest.raises(openai.APIError):
        await read()
    assert "".join(texts) == "one two "


@pytest.mark.parametrize("way", ["pieces", "astream"])
async def test_the_models_parameters_are_asked_for(
    openai_server: OpenAIServer, http: Any, way: str
) -> None:
    asked = StreamingChatOpenAI(
        model="gpt-4o-mini",
        base_url=openai_server.url,
        api_key="sk-stand-in",
        http_async_client=http,
        temperature=0.25,
        max_tokens=2,
        extra_body={"top_k": 4},
    )
    for _ in range(2):  # the first request goes out another way than those after it
        parts = [p async for p in (asked.pieces(ASK) if way == "pieces" else asked.astream(ASK))]
        assert sum(str(part.text).count(" ") for part in parts) == 1
    for call in openai_server.chats:
        body = call.body
        assert (body["temperature"], body["top_k"], "extra_body" in body) == (0.25, 4, False)
        assert body["max_completion_tokens"] == 2


async def test_what_is_no_part_of_the_body_goes_the_clients_way(
    openai_server: OpenAIServer, http: Any
) -> None:
    asked = StreamingChatOpenAI(
        model="gpt-4o-mini",
        base_url=openai_server.url,
        api_key="sk-stand-in",
        http_async_client=http,
        model_kwargs={"extra_headers": {"x-team": "search"}},
    )
    pieces = [piece async for piece in asked.pieces(ASK)]
    assert "".join(piece.text for piece in pieces) == "Hello from the stand-in model."
    assert [piece.finish_reason for piece in pieces if piece.finish_reason] == ["stop"]
    assert openai_server.chats[0].headers["x-team"] == "search"
    assert "extra_headers" not in openai_server.chats[0].body


async def test_the_responses_api_is_the_clients_way(openai_server: OpenAIServer, http: Any) -> None:
    """The stand-in does not know its path: what matters is which path is asked."""
    asked = model(StreamingChatOpenAI, openai_server, http)
    asked.use_responses_api = True
    for answer in (asked.pieces(ASK), asked.astream(ASK)):
        with pytest.raises(openai.NotFoundError):
            await anext(answer)
    assert {call.path for call in openai_server.calls} == {"/v1/responses"}
