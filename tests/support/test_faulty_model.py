"""The model that goes wrong, itself: it does what a question asks for, and counts right."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support.fault import SECRET
from tests.support.faults import FAULTS
from tests.support.faulty_model import FaultyModel
from tests.support.paths import ROOT

ANSWER = "Hello from the faulty model."


@pytest.fixture
def model() -> Iterator[FaultyModel]:
    with FaultyModel() as model:
        yield model


def ask(model: FaultyModel, question: str, **more: Any) -> httpx.Response:
    texts = {"system": "Of a document: fault:refuse", "user": question}
    messages = [{"role": role, "content": text} for role, text in texts.items()]
    body = {"model": "m", "messages": messages, "stream": True, **more}
    url = f"{model.url}/chat/completions"
    return httpx.post(url, json=body, trust_env=False, timeout=10)


def test_a_plain_question_is_answered(model: FaultyModel) -> None:
    assert ask(model, "Why?").text.endswith("data: [DONE]\n\n")
    whole = ask(model, "Why?", stream=False).json()
    assert whole["choices"][0]["message"]["content"] == ANSWER
    model.wait_until(lambda: model.live == 0)  # the client has it before it is over there
    assert [call.outcome for call in model.calls] == ["finished", "finished"]


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        ("status_429", 429, SECRET),
        ("html_error", 502, "<h1>"),
        ("no_done", 200, '"finish_reason":"stop"'),
        ("half_character", 200, " three"),
    ],
)
def test_a_question_names_its_fault(model: FaultyModel, fault: str, status: int, text: str) -> None:
    answer = ask(model, f"Why, fault:{fault}, me?")
    assert answer.status_code == status
    assert text in answer.text
    assert "[DONE]" not in answer.text
    assert [call.fault for call in model.calls] == [fault]


@pytest.mark.parametrize("fault", ["refuse", "drop_middle_rst", "drop_middle_fin", "drop_in_chunk"])
def test_a_cut_connection_is_seen(model: FaultyModel, fault: str) -> None:
    with pytest.raises(httpx.TransportError):
        ask(model, f"fault:{fault}")
    model.wait_until(lambda: model.connections == 0)
    assert [call.outcome for call in model.calls] == ["finished"]


def test_once_is_once_for_each_question(model: FaultyModel) -> None:
    codes = [ask(model, f"once:status_500 {n}").status_code for n in (1, 1, 2, 1, 2)]
    assert codes == [500, 200, 500, 200, 200]


def test_who_leaves_is_seen_at_once(model: FaultyModel) -> None:
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{model.url}/chat/completions",
            json={"model": "m", "messages": [{"role": "user", "content": "fault:hang_middle"}]},
            trust_env=False,
            timeout=0.1,
        )
    model.wait_until(lambda: model.calls and model.calls[0].closed is not None)
    (call,) = model.calls
    assert call.outcome == "abandoned"
    assert call.closed is not None
    assert call.asked < call.closed


def test_embeddings_are_well_unless_they_are_asked_not_to_be(model: FaultyModel) -> None:
    url = f"{model.url}/embeddings"
    body: dict[str, Any] = {"model": "e", "input": ["a", "fault:status_500"]}
    vectors = httpx.post(url, json=body, trust_env=False).json()["data"]
    assert [len(vector["embedding"]) for vector in vectors] == [384, 384]
    body["input"] = "embedding-fault:status_503"
    assert httpx.post(url, json=body, trust_env=False).status_code == 503
    assert model.calls == []


def test_many_faults_at_the_same_time(model: FaultyModel) -> None:
    quick = ["status_500", "no_finish", "html_page", "split_character", "length"]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda fault: ask(model, f"fault:{fault}"), quick * 20))
    assert [answer.status_code for answer in answers] == [500, 200, 200, 200, 200] * 20
    model.wait_until(lambda: model.live == 0)
    stats = model.stats()
    assert (stats["chats"], stats["live"]) == (100, 0)
    assert stats["faults"] == dict.fromkeys(quick, 20)


def test_away_it_refuses_and_comes_back(model: FaultyModel) -> None:
    with model.away(), pytest.raises(httpx.ConnectError):
        ask(model, "Why?")
    with model.deaf(), pytest.raises(httpx.ConnectTimeout):
        httpx.get(f"{model.url}/models", trust_env=False, timeout=0.2)
    assert ask(model, "Why?").status_code == 200


def test_as_a_process_it_tells_what_it_has_counted() -> None:
    command = [sys.executable, "-m", "tests.support.faulty_model"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        body = {"model": "m", "messages": [{"role": "user", "content": "fault:status_401"}]}
        httpx.post(f"{url}/chat/completions", json=body, trust_env=False)
        base = url.removesuffix("/v1")
        while (stats := httpx.get(f"{base}/stats", trust_env=False).json())["live"]:
            pass  # the client has its answer before it is over there
        (call,) = httpx.get(f"{base}/calls", trust_env=False).json()
        process.kill()
    assert (stats["chats"], stats["live"], stats["faults"]) == (1, 0, {"status_401": 1})
    assert (call["fault"], call["outcome"]) == ("status_401", "finished")


def test_all_faults_have_names_that_a_question_can_hold() -> None:
    assert len(FAULTS) > 40
    assert all(name.isidentifier() for name in FAULTS)
