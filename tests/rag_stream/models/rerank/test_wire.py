"""The four forms in which rerankers are asked and answer."""

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_stream.models.rerank.wire import (
    RerankError,
    endpoint,
    most_texts,
    request_body,
    scores,
)
from rag_stream.setting_fields import RerankApi

APIS: tuple[RerankApi, ...] = get_args(RerankApi)
RESULTS = [{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": -3}]
RANKED = [(1, 0.9), (0, -3.0)]


@pytest.mark.parametrize(
    ("api", "expected"),
    [
        ("cohere", {"model": "m", "query": "q", "documents": ["a", "b"], "top_n": 2}),
        (
            "jina",
            {
                "model": "m",
                "query": "q",
                "documents": ["a", "b"],
                "top_n": 2,
                "return_documents": False,
            },
        ),
        ("voyage", {"model": "m", "query": "q", "documents": ["a", "b"], "top_k": 2}),
        ("tei", {"query": "q", "texts": ["a", "b"], "raw_scores": False, "truncate": True}),
    ],
)
def test_each_is_asked_in_its_own_words(api: RerankApi, expected: dict[str, Any]) -> None:
    assert json.loads(request_body(api, "m", "q", ["a", "b"])) == expected


@pytest.mark.parametrize(
    ("api", "answer"),
    [
        ("cohere", {"id": "x", "results": RESULTS, "meta": {}}),
        ("jina", {"model": "m", "results": [{**result, "document": {}} for result in RESULTS]}),
        ("voyage", {"object": "list", "data": RESULTS}),
        ("tei", [{"index": 1, "score": 0.9}, {"index": 0, "score": -3}]),
    ],
)  # fmt: skip
def test_each_answers_in_its_own_words(api: RerankApi, answer: Any) -> None:
    assert scores(api, json.dumps(answer).encode(), 2) == RANKED


def test_an_answer_need_not_rank_all() -> None:
    assert scores("jina", b'{"results": [{"index": 7, "relevance_score": 1}]}', 50) == [(7, 1.0)]


def one(index: Any, score: Any = 0.5) -> Any:
    return {"results": [{"index": index, "relevance_score": score}]}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (one(2), "expected an index from 0 to 1, got 2"),
        (one(-1), "got -1"),
        (one(True), "got True"),
        (one(None), "got None"),
        (one("0"), "got a str"),
        (one(0.0), "got 0.0"),
        (one(0, "0.5"), "expected a number as 'relevance_score', got a str"),
        (one(0, None), "got None"),
        (one(0, False), "got False"),
        ({"results": [*RESULTS, RESULTS[0]]}, "expected each text once, got 1 twice"),
        ({"results": ["secret"]}, "got None"),
        ({"results": []}, "no list of results under 'results'"),
        ({"results": "secret"}, "no list of results"),
        ({"data": RESULTS}, "no list of results"),
        (RESULTS, "no list of results"),
        (None, "no list of results"),
    ],
)
def test_a_wrong_answer_is_refused_and_not_quoted(answer: Any, words: str) -> None:
    with pytest.raises(RerankError, match=words) as told:
        scores("jina", json.dumps(answer).encode(), 2)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("garbage", [b"", b"<html>secret</html>", b"\xff\xfe", b'{"results": [NaN'])
def test_what_is_no_json_is_refused_and_not_quoted(garbage: bytes) -> None:
    with pytest.raises(RerankError, match="not JSON") as told:
        scores("tei", garbage, 2)
    assert "secret" not in str(told.value)
    assert told.value.__cause__ is None


@given(st.sampled_from(APIS), st.binary() | st.recursive(
    st.none() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["results", "data", "index", "score", "relevance_score"]), inner
    ),
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_any_answer_is_a_ranking_or_refused(api: RerankApi, answer: bytes) -> None:
    try:
        ranked = scores(api, answer, 3)
    except RerankError:
        return
    assert {index for index, _ in ranked} <= {0, 1, 2}
    assert 1 <= len(ranked) <= 3


@pytest.mark.parametrize(
    ("api", "url", "expected"),
    [
        ("cohere", "https://api.example", "https://api.example/v2/rerank"),
        ("jina", "http://127.0.0.1:8001/", "http://127.0.0.1:8001/v1/rerank"),
        ("voyage", "https://api.example//", "https://api.example/v1/rerank"),
        ("tei", "http://[::1]:80?a=b", "http://[::1]:80/rerank?a=b"),
        ("tei", "https://api.example/our/own", "https://api.example/our/own"),
        ("jina", "https://api.example/rerank/", "https://api.example/rerank/"),
    ],
)
def test_an_address_without_a_path_gets_the_usual_one(
    api: RerankApi, url: str, expected: str
) -> None:
    assert endpoint(api, url) == expected


@pytest.mark.parametrize("url", ["http://", "http:///rerank", "http://[::1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"host|URL"):
        endpoint("jina", url)


def test_only_one_takes_few_texts_at_a_time() -> None:
    assert [api for api in APIS if most_texts(api) < 50] == ["tei"]
