"""What is asked of the service to record its wire: by the name of the recording."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from langserve.lzstring import LZString

from tests.support.stepped import Request

QUESTION = "What is Task Decomposition?"
UNRELATED = "Which enzyme splits lactose?"
NONE: Mapping[str, str] = {}
PAGE = {"referer": "http://localhost/rag/playground/"}
CONTINUE = {"X-On-Disconnect": "continue"}
ONE = LZString.compressToEncodedURIComponent('{"configurable":{"k":1}}')
BROKEN_LINK = LZString.compressToEncodedURIComponent("[]")

PLAIN = ["Smaller", " pieces", " of work", "."]
CITED = ["Break a task", " into smaller steps", " [", "1", "]. Agents", " have a store\u3010"]
CITED += ["3", "\u3011 [1, 2] both", "."]
SCRIPTS: Mapping[str, Mapping[str, Any]] = {
    "plain": {"answer": PLAIN},
    "cited": {"answer": CITED},
    "cited ahead": {"answer": ["[1] Break", " a task", " down. Next", " is done."]},
    "no source": {"answer": ["Nothing", " [", "99", "] at all [Source 7] anyway", " here", "."]},
    "length": {"answer": PLAIN, "finish_reason": "length"},
    "content filter": {"answer": PLAIN[:2], "finish_reason": "content_filter"},
    "empty": {"answer": []},
    "separators": {"answer": ["one\u2028two", "\u2029three", "\x85four", "\r\n\r\ndata: five"]},
    "escapes": {"answer": ['"quoted"\\', "\tline\x1c", " \U0001f469\u200d\U0001f467 it", "</b>so"]},
    "busy": {"status": 429, "retry_after": "7"},
    "rejected": {"status": 401},
    "failed": {"answer": PLAIN, "error_after": 2},
    "failed on a marker": {"answer": ["Break", " [", "1"], "error_after": 3},
    "broken off": {"answer": PLAIN, "drop_after": 2},
    "broken off at once": {"answer": PLAIN, "drop_after": 0},
    "waiting": {"answer": PLAIN, "hold_after": 1},
}
OF_STREAM = [name for name in SCRIPTS if name != "waiting"]
OF_LOGS = ("plain", "cited", "empty", "busy", "failed")
OF_PAGE = ("plain", "cited", "length", "busy", "failed")
OF_INVOKE = ("plain", "cited", "length", "empty", "busy", "failed")
BAD: Mapping[str, Any] = {
    "nothing": b"",
    "no utf-8": b'{"input": {"input": "\xff\xfe"}}',
    "nested": b"[" * 100_000,
    "too large": b" " * 1_000_001,
    "a list": [],
    "no input": {},
    "a text": {"input": QUESTION},
    "a number": {"input": {"input": 7}},
    "blank": {"input": {"input": " "}},
    "too long": {"input": {"input": "x" * 20_000}},
    "another key": {"input": {"question": QUESTION}},
}


@dataclass(frozen=True)
class Case:
    """Requests one after the other, the chat model's script, the service by its fixture."""

    requests: Sequence[Request]
    script: Mapping[str, Any] = field(default_factory=lambda: SCRIPTS["plain"])
    service: str = "default"
    embedding: Mapping[str, Any] = field(default_factory=dict)


def ask(question: str = QUESTION, **configurable: Any) -> dict[str, Any]:
    """The body of a request for one answer."""
    config = {"config": {"configurable": configurable}} if configurable else {}
    return {"input": {"input": question}, **config}


def _post(endpoint: str, body: Any, headers: Mapping[str, str] = NONE) -> Request:
    return Request(f"/rag/{endpoint}", body, headers)


def _answers() -> Iterator[tuple[str, Case]]:
    for name in OF_STREAM:
        yield f"stream {name}", Case([_post("stream", ask())], SCRIPTS[name])
    for name in OF_INVOKE:
        yield f"invoke {name}", Case([_post("invoke", ask())], SCRIPTS[name])
    for endpoint in ("stream_log", "stream_events"):
        for name in OF_LOGS:
            yield f"{endpoint} {name}", Case([_post(endpoint, ask())], SCRIPTS[name])
    for name in OF_PAGE:
        yield f"page {name}", Case([_post("stream_log", ask(), PAGE)], SCRIPTS[name])
    for endpoint in ("stream", "invoke", "stream_log", "stream_events"):
        yield f"{endpoint} abstained", Case([_post(endpoint, ask(UNRELATED))])
    yield "page abstained", Case([_post("stream_log", ask(UNRELATED), PAGE)])
    for endpoint in ("stream", "invoke", "stream_log"):
        body = ask(f"Never asked before by {endpoint}")
        limit = {"status": 429, "retry_after": "9"}
        yield f"{endpoint} embedding busy", Case([_post(endpoint, body)], embedding=limit)
    yield "page bad", Case([_post("stream_log", ask(" "), PAGE)])


def _bad() -> Iterator[tuple[str, Case]]:
    for name, body in BAD.items():
        yield f"bad {name}", Case([_post("stream", body)])
    for name, chosen in {
        "field": {"top_k": 4},
        "k": {"k": 0},
        "search type": {"search_type": "mmr"},
        "filter": {"filter": {"author": "x"}},
    }.items():
        yield f"bad {name}", Case([_post("stream", ask(**chosen))])
    yield "bad config", Case([_post("stream", {**ask(), "config": None})])
    yield "bad share link", Case([_post(f"c/{BROKEN_LINK}/stream", ask())])
    yield "bad log filter", Case([_post("stream_log", {**ask(), "include_names": "x"})])
    yield "bad wish to go on", Case([_post("stream", ask(), {"X-On-Disconnect": "perhaps"})])
    yield "bad invoke that goes on", Case([_post("invoke", ask(), CONTINUE)])
    yield "no such path", Case([Request("/rag/nothing", method="GET")])
    yield "no such method", Case([Request("/rag/stream", method="PUT")])


def _choices() -> Iterator[tuple[str, Case]]:
    choices: Mapping[str, Mapping[str, Any]] = {
        "k": {"k": 2},
        "dense": {"search_type": "dense"},
        "lexical": {"search_type": "lexical"},
        "filter": {"filter": {"source": ["task.md", "tree.md"]}},
        "filter to nothing": {"filter": {"title": ["none"]}},
    }
    for name, chosen in choices.items():
        yield f"choosing {name}", Case([_post("stream", ask(**chosen))])
    nowhere = ask("Enzyme", search_type="lexical")
    yield "choosing lexical unrelated", Case([_post("stream", nowhere)])
    yield "choosing by share link", Case([_post(f"c/{ONE}/stream", ask())])
    yield "choosing by share link and k", Case([_post(f"c/{ONE}/invoke", ask(k=2))])
    for endpoint in ("stream_log", "stream_events"):
        models = {**ask(k=1), "include_types": ["llm", "chat_model"]}
        yield f"{endpoint} include_types", Case([_post(endpoint, models)])
        others = {**ask(k=1), "exclude_names": ["Retriever"]}
        yield f"{endpoint} exclude_names", Case([_post(endpoint, others)])


def _others() -> Iterator[tuple[str, Case]]:
    two = [{"input": QUESTION}, {"input": UNRELATED}]
    yield "batch", Case([_post("batch", {"inputs": two, "config": {"configurable": {"k": 1}}})])
    yield "batch of nothing", Case([_post("batch", {"inputs": []})])
    yield "batch with a bad input", Case([_post("batch", {"inputs": [two[0], {"input": ""}]})])
    each = {"inputs": two, "config": [{"configurable": {"k": 1}}]}
    yield "batch with too few configs", Case([_post("batch", each)])
    yield "batch busy", Case([_post("batch", {"inputs": two})], SCRIPTS["busy"])
    begin = _post("stream", ask(k=1), CONTINUE)
    path = "/rag/runs/{run}/stream"
    again = [
        Request(path, method="GET"),
        Request(f"{path}?after=3", method="GET"),
        Request(path, headers={"Last-Event-ID": "5"}, method="GET"),
        Request(path, headers={"Last-Event-ID": "10"}, method="GET"),
        Request(path, headers={"Last-Event-ID": "11"}, method="GET"),
        Request(f"{path}?after=x", method="GET"),
        Request("/rag/runs/{run}", method="DELETE"),
        Request(path, headers={"authorization": "Bearer other"}, method="GET"),
    ]
    yield "run come back to", Case([begin, *again])
    yield "run come back to, failed", Case([begin, again[0]], SCRIPTS["failed"])
    yield "run come back to, busy", Case([begin, again[0]], SCRIPTS["busy"])
    stopped = Request("/rag/stream", ask(k=1), stop_at="Smaller")
    yield "run stopped", Case([stopped], SCRIPTS["waiting"])
    unknown = f"/rag/runs/{UUID(int=1)}"
    requests = [Request(f"{unknown}/stream", method="GET"), Request(unknown, method="DELETE")]
    yield "run unknown", Case(requests)
    for path in ("healthz", "readyz", "openapi.json"):
        yield f"get {path}", Case([Request(f"/{path}", method="GET")])
    for path in ("input_schema", "output_schema", "config_schema", "playground/"):
        yield f"get {path.rstrip('/')}", Case([Request(f"/rag/{path}", method="GET")])


def _services() -> Iterator[tuple[str, Case]]:
    for service in ("reference", "local"):
        for endpoint in ("stream", "invoke", "stream_log"):
            yield f"{service} {endpoint}", Case([_post(endpoint, ask())], service=service)
        yield f"{service} unrelated", Case([_post("stream", ask(UNRELATED))], service=service)


CASES: Mapping[str, Case] = {
    name.replace(",", "").replace(" ", "-"): case
    for cases in (_answers, _bad, _choices, _others, _services)
    for name, case in cases()
}
