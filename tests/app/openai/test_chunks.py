"""An answer as chunks and as a completion."""

from typing import Any

import pytest

from app.openai.chunks import Chunks, chunk_batches
from app.openai.completion import completion
from app.streaming.batches import Batch, EarlyBatch, LastBatch
from rag_stream.errors import ModelFailedError
from rag_stream.events import Text
from tests.support.openai_answer import CITED, answer_of, asked, streamed, text_of, told, whole
from tests.support.told_events import happening


async def test_the_order_of_a_stream() -> None:
    chunks, kinds = await streamed(told(), stream_options={"include_usage": True})
    role, *texts, last, usage, done = chunks
    assert role["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert text_of(texts) == CITED
    assert all(chunk["choices"][0]["finish_reason"] is None for chunk in [role, *texts])
    assert last["choices"][0]["finish_reason"] == "stop"
    assert (usage["choices"], usage["usage"]["total_tokens"], done) == ([], 7, "[DONE]")
    same = [
        {key: chunk[key] for key in ("id", "object", "created", "model")} for chunk in chunks[:-1]
    ]
    assert same == [same[0]] * len(same)
    assert kinds[0] is EarlyBatch
    assert kinds[-3:] == [LastBatch] * 3
    assert kinds[1:-3] == [Batch] * len(texts)


async def test_no_usage_unless_it_is_asked_for() -> None:
    chunks, _ = await streamed(told())
    assert not any("usage" in chunk for chunk in chunks[:-1])


async def test_usage_that_nobody_knows_is_not_made_up() -> None:
    given = [*told()[:-1], whole(usage=None)]
    chunks, _ = await streamed(given, stream_options={"include_usage": True})
    assert not any("usage" in chunk for chunk in chunks[:-1])


@pytest.mark.parametrize("style", ["annotations", "openwebui", "markdown"])
async def test_a_completion_is_what_its_stream_says(style: str) -> None:
    chunks, _ = await streamed(told(), citation_style=style)
    wanted = asked(citation_style=style)
    whole = await completion(happening(*told()), answer_of(wanted), "chatcmpl-1", 5)
    message = whole["choices"][0]["message"]
    assert (whole["object"], message["content"]) == ("chat.completion", text_of(chunks))
    delta = chunks[-2]["choices"][0]["delta"]
    assert message["annotations"] == delta.get("annotations", [])
    assert whole["usage"]["completion_tokens"] == 4
    assert whole["rag"]["citations"] == chunks[-2]["rag"]["citations"]


@pytest.mark.parametrize(
    ("given", "told_as"), [("length", "length"), (None, "stop"), ("tool_calls", "stop")]
)
async def test_finish_reasons_are_those_of_a_text(given: Any, told_as: str) -> None:
    chunks, _ = await streamed([*told()[:-1], whole(finish_reason=given)])
    assert chunks[-2]["choices"][0]["finish_reason"] == told_as


async def test_a_failure_is_raised_after_what_there_was() -> None:
    wanted = asked(stream=True)
    batches = chunk_batches(
        happening(Text("One"), ModelFailedError("broke off")),
        answer_of(wanted),
        Chunks("c", 1),
        with_usage=False,
    )
    await anext(batches)
    await anext(batches)
    [one] = await anext(batches)
    assert b'"One"' in one
    with pytest.raises(ModelFailedError):
        await anext(batches)
