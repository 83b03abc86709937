"""Feedback on the answers of a running service of two workers: taken, kept, sent on, exported."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.langsmith_server import PROJECT, LangSmithServer
from tests.support.openai_server import OpenAIServer
from tests.support.served import over
from tests.support.service import Service

NOBODYS = "acaa7254-2d3e-4e0f-8c2d-c397ec9a229d"
MINE = {"X-API-Key": "mine"}
WAIT_S = 20
CHAT = "gpt-4o-mini"
"""The chat model."""


@dataclass
class Place:
    service: Service
    model: OpenAIServer
    langsmith: LangSmithServer

    def post(self, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
        # A connection of its own: any of the workers may take it.
        return httpx.post(
            self.service.url + path, json=body, headers=headers or MINE, trust_env=False, timeout=30
        )

    def ask(self, question: str = "What is it?") -> dict[str, Any]:
        answer = self.post("/rag/invoke", {"input": {"input": question}})
        assert answer.status_code == 200, answer.text
        output: dict[str, Any] = answer.json()["output"]
        return output

    def export(self, *more: str) -> list[dict[str, Any]]:
        done = subprocess.run(
            [sys.executable, "-m", "app", "feedback", "--export", "jsonl", *more],
            cwd=self.service.folder,
            env=self.service.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def place(chroma_url: str) -> Iterator[Place]:
    with OpenAIServer(answer=["It is", " this [1]."]) as model, LangSmithServer() as langsmith:
        kept = {"RAG_FEEDBACK": "on", "RAG_SESSIONS": "on", "RAG_SUGGEST": 3, "RAG_CONDENSE": "off"}
        env = over(model, chroma_url, WEB_CONCURRENCY=2, RAG_MIN_RELEVANCE=0, **kept)
        with Service(env={**env, **langsmith.environment}) as service:
            yield Place(service, model, langsmith)


def test_it_is_kept_with_its_answer_sent_on_and_exported(place: Place) -> None:
    output = place.ask()
    run_id = output["status"]["run_id"]
    # The model sees what it will, and whoever takes it, the last word stands.
    given = place.post("/feedback", {"run_id": run_id, "score": 1, "comment": "Ja,\u2028gut"})
    assert given.status_code == 200, given.text
    assert given.json() == {
        "run_id": run_id,
        "score": 1,
        "comment": "Ja,\u2028gut",
        "replaced": False,
    }
    method, path, sent = place.langsmith.feedback.get(timeout=WAIT_S)
    assert (method, path) == ("POST", "/feedback")
    known = {name: sent[name] for name in ("run_id", "key", "score", "comment", "session_id")}
    assert known == {
        "run_id": run_id,
        "key": "user_score",
        "score": 1,
        "comment": "Ja,\u2028gut",
        "session_id": PROJECT,
    }
    again = place.post("/feedback", {"run_id": run_id, "score": -1})
    assert again.json() == {"run_id": run_id, "score": -1, "comment": None, "replaced": True}
    method, path, sent_again = place.langsmith.feedback.get(timeout=WAIT_S)
    assert (method, path) == ("PATCH", f"/feedback/{sent['id']}")
    assert (sent_again["score"], sent_again.get("comment")) == (-1, None)

    (row,) = [row for row in place.export() if row["run_id"] == run_id]
    assert (row["score"], row["comment"]) == (-1, None)
    assert (row["question"], row["answer"]) == ("What is it?", output["answer"])
    assert row["state"] == output["status"]["state"]
    assert [source["number"] for source in row["sources"]] == [1]
    assert place.export("--since", "3000-01-01") == []


def test_of_nobody_s_and_of_somebody_else_s_answers_none_is_taken(place: Place) -> None:
    run_id = place.ask()["status"]["run_id"]
    body = {"run_id": run_id, "score": 1}
    refused = [
        place.post("/feedback", body, **{"X-API-Key": "yours"}),
        place.post("/feedback", body, accept="*/*"),
        place.post("/feedback", {"run_id": NOBODYS, "score": 1}),
    ]
    assert [answer.status_code for answer in refused] == [404] * 3
    assert {answer.json()["code"] for answer in refused} == {"run_not_found"}
    assert run_id not in {row["run_id"] for row in place.export()}


def test_who_leaves_while_questions_are_suggested_has_a_whole_answer(place: Place) -> None:
    session, model = uuid4().hex, place.model
    model.calls.clear()
    model.once(CHAT)
    model.once(CHAT, hang="first_token")  # the suggestions
    configurable = {"session_id": session}
    body = {"input": {"input": "What is it?"}, "config": {"configurable": configurable}}
    address = place.service.url + "/rag/stream"
    with httpx.stream("POST", address, json=body, headers=MINE, trust_env=False) as response:
        lines = response.iter_lines()
        begun = next(line for line in lines if "run_id" in line)
        next(line for line in lines if "this [1]." in line)
        model.wait_until(lambda: len(model.chats) == 2)
    model.wait_until(lambda: model.live == 0)  # nobody waits for them any more
    run_id = json.loads(begun.removeprefix("data: "))["run_id"]
    given = place.post("/feedback", {"run_id": run_id, "score": 1})
    assert given.status_code == 200, given.text
    place.langsmith.feedback.get(timeout=WAIT_S)
    (row,) = [row for row in place.export() if row["run_id"] == run_id]
    kept = (row["state"], row["answer"], row["session_id"])
    assert kept == ("completed", "It is this [1].", session)
    status = place.post("/rag/invoke", body).json()["output"]["status"]
    assert status["session"] == {"session_id": session, "turn": 2, "stored": True}
    assert "It is this." in model.chats[2].prompt
