"""What rerankers are asked and what they answer, in the four forms there are. Pure.

vLLM, Infinity and llama.cpp speak Jina's.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import orjson

from rag_stream.setting_fields import RerankApi


class RerankError(Exception):
    """A reranker gave no order; the words hold neither its answer nor its address or key."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How one API names things; `results` and `count` None where it has no such key."""

    path: str
    texts: str
    results: str | None
    score: str
    count: str | None = None
    constant: Mapping[str, Any] = field(default_factory=dict)
    most_texts: int = 1_000


_FORMS: Mapping[RerankApi, _Form] = {
    "cohere": _Form("/v2/rerank", "documents", "results", "relevance_score", "top_n"),
    "jina": _Form(
        "/v1/rerank",
        "documents",
        "results",
        "relevance_score",
        "top_n",
        {"return_documents": False},
    ),
    "voyage": _Form("/v1/rerank", "documents", "data", "relevance_score", "top_k"),
    # Its server refuses more than 32 texts unless it is started with another
    # --max-client-batch-size.
    "tei": _Form(
        "/rerank",
        "texts",
        None,
        "score",
        constant={"raw_scores": False, "truncate": True},
        most_texts=32,
    ),
}


def endpoint(api: RerankApi, url: str) -> str:
    """The address to post to: as it is, but for the usual path where it has none.

    Raises ValueError for what is no address.
    """
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError("expected an address with a host")
    return urlunsplit(parts if parts.path.strip("/") else parts._replace(path=_FORMS[api].path))


def most_texts(api: RerankApi) -> int:
    """How many texts one request may hold."""
    return _FORMS[api].most_texts


def request_body(api: RerankApi, model: str | None, question: str, texts: Sequence[str]) -> bytes:
    """The request that has all these texts ranked."""
    form = _FORMS[api]
    body: dict[str, Any] = {"query": question, form.texts: list(texts), **form.constant}
    if form.count is not None:
        body[form.count] = len(texts)
    if model is not None and api != "tei":  # whose server has just one
        body["model"] = model
    return orjson.dumps(body)


def scores(api: RerankApi, answer: bytes, count: int) -> list[tuple[int, float]]:
    """(index, score) of the texts that an answer ranks, of `count` that it was asked for.

    It need not rank all of them. Raises RerankError.
    """
    form = _FORMS[api]
    try:
        body = orjson.loads(answer)
    except orjson.JSONDecodeError:
        raise RerankError("the answer is not JSON") from None  # which would quote it
    if form.results is not None:
        body = body.get(form.results) if isinstance(body, dict) else None
    if not isinstance(body, list) or not body:
        where = "at the top" if form.results is None else f"under {form.results!r}"
        raise RerankError(f"the answer has no list of results {where}")
    ranked: dict[int, float] = {}
    for result in body:
        entry: Mapping[str, Any] = result if isinstance(result, dict) else {}
        index, score = entry.get("index"), entry.get(form.score)
        # No isinstance: true and false are whole numbers to Python.
        if type(index) is not int or not 0 <= index < count:
            raise RerankError(f"expected an index from 0 to {count - 1}, got {_short(index)}")
        if index in ranked:
            raise RerankError(f"expected each text once, got {index} twice")
        if (type(score) is not float and type(score) is not int) or not math.isfinite(score):
            raise RerankError(f"expected a number as {form.score!r}, got {_short(score)}")
        ranked[index] = float(score)
    return list(ranked.items())


def _short(value: Any) -> str:
    return repr(value) if isinstance(value, int | float | None) else f"a {type(value).__name__}"
