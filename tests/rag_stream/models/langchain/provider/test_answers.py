"""Answers of other providers' models: their real packages against stand-ins of their servers."""

import asyncio
from contextlib import aclosing

from tests.support.anthropic_server import AnthropicServer
from tests.support.model_server import ModelServer
from tests.support.provider_chats import answer_of, chat_model, pieces, settings_for


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


def test_one_process_may_have_several_event_loops(server: ModelServer) -> None:
    """LangChain's own clients are shared by all of them, which breaks the second one."""
    for _ in range(3):
        text, _end = asyncio.run(answer_of(settings_for(server)))
        assert text == "Hello from the stand-in model."
