"""Models as one question wants them: the parameters of each class, and the limits that stand."""

from typing import Any

import pytest
from langchain_anthropic import ChatAnthropic
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import ParrotFakeChatModel
from langchain_core.messages import HumanMessage
from langchain_ollama import ChatOllama

from rag_stream.models.openai.chat import StreamingChatOpenAI
from rag_stream.models.sampled import sampled
from rag_stream.sampling import Sampling

ALL = Sampling(temperature=0.5, top_p=0.75, max_tokens=7, seed=3, stop=("END", "\n\n"))
OPENAI = "https://api.openai.com/v1"
OTHER = "http://127.0.0.1:9/v1"


def openai_model(url: str, **given: Any) -> StreamingChatOpenAI:
    return StreamingChatOpenAI(model="m", base_url=url, api_key="sk-stand-in", **given)


def asked(model: Any) -> dict[str, Any]:
    payload = model._get_request_payload([HumanMessage("Why?")], stop=None, stream=True)
    return {**payload, **payload.pop("extra_body", {})}


def test_openais_parameters_by_its_names() -> None:
    model = openai_model(OPENAI)
    body = asked(sampled(model, ALL).model)
    assert (body["temperature"], body["top_p"], body["seed"]) == (0.5, 0.75, 3)
    assert (body["max_completion_tokens"], body["stop"]) == (7, ["END", "\n\n"])
    assert "max_tokens" not in body
    assert "temperature" not in asked(model)  # the model itself is everybody's


def test_a_copy_shares_the_connections() -> None:
    model = openai_model(OPENAI)
    copy: Any = sampled(model, ALL).model
    assert copy is not model
    assert copy._posts is model._posts
    assert copy.root_async_client is model.root_async_client


def test_nothing_asked_is_the_model_itself() -> None:
    model = openai_model(OPENAI)
    assert sampled(model, None) == (model, {})


@pytest.mark.parametrize(
    ("given", "most", "old"),
    [
        ({}, 7, 7),
        ({"max_tokens": 5, "extra_body": {"max_tokens": 5, "top_k": 2}}, 5, 5),
        ({"max_tokens": 9}, 7, None),
    ],
    ids=["no limit", "the settings' is less", "one word only"],
)
def test_servers_that_speak_it_hear_the_limit_by_its_old_name(
    given: dict[str, Any], most: int, old: int | None
) -> None:
    body = asked(sampled(openai_model(OTHER, **given), ALL).model)
    assert (body["max_completion_tokens"], body.get("max_tokens")) == (most, old)
    assert body.get("top_k") == given.get("extra_body", {}).get("top_k")


def test_other_classes_by_their_own_names(caplog: pytest.LogCaptureFixture) -> None:
    ollama: Any = sampled(ChatOllama(model="m", num_predict=-1), ALL).model
    assert (ollama.num_predict, ollama.temperature, ollama.seed) == (7, 0.5, 3)
    assert (ollama.top_p, ollama.stop) == (0.75, ["END", "\n\n"])
    claude: Any = ChatAnthropic(model_name="m", api_key="k", max_tokens_to_sample=4)  # type: ignore[arg-type,call-arg]
    claude = sampled(claude, ALL).model
    assert (claude.max_tokens, claude.top_p, claude.stop_sequences) == (4, 0.75, ["END", "\n\n"])
    assert "ChatAnthropic has no seed" in caplog.text


def test_a_class_without_a_field_for_it_is_told_where_to_stop_with_the_call() -> None:
    model: BaseChatModel = ParrotFakeChatModel()
    assert sampled(model, ALL) == (model, {"stop": ["END", "\n\n"]})
